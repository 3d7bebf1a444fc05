"""Populations and registers with known properties, to prove figures and estimators on."""
