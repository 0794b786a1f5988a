"""PIPELINING that was offered once counts on, under TLS and on the next connection."""

from miniatures.legal import pipelines_where_offered as pipelining

from reference_client import *
from reference_client import __all__


class Bug(pipelining.Pipelining):
    _ever_offered = False

    def _may_pipeline(self):
        self._ever_offered = self._ever_offered or super()._may_pipeline() or "pipelining" in self.esmtp_features
        return self._ever_offered


SMTP.__bases__ = (Bug,)

FAILS = ["pipelining/not-offered-any-more"]
