"""Tests of self-service: who may, and what is enough."""
