"""Input for the demo and its tests: fates are cast first, files are written from them, results are foretold by them.

Imports nothing of the services or the chassis, so that what it foretells is a second opinion on what they do.
"""
