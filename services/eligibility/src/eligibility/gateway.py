"""intake's facts door: what an assessment needs of an application, asked for when it is needed."""

import httpx

from chassis.http import exchange
from chassis.outputs import Answer, Outgoing

PURPOSE = "eligibility_assessment"


class IntakeFacts:
    """Reading changes nothing at intake, so asking twice does no harm."""

    def __init__(self, intake: httpx.AsyncClient) -> None:
        self._intake = intake

    async def send(self, call: Outgoing) -> Answer:
        headers = {"Kommunenummer": call.kommunenummer, "Acting-User": "system", "Purpose": PURPOSE}
        if call.traceparent:
            headers["traceparent"] = call.traceparent
        return await exchange(self._intake, "GET", f"/applications/{call.ref['application']}/facts", headers=headers)
