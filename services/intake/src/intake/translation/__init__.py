"""The municipality's data files and partners' file formats, turned into the domain's own words."""

from intake.translation.duties import CODES, Fault, duties, duties_in

__all__ = ["CODES", "Fault", "duties", "duties_in"]
