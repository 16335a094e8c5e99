"""The API, one line a feature; `oneroof.access.api` has what they share."""

from oneroof.access.api import DocumentedAPI, NoNulls, Token, tell_errors
from oneroof.catalogue.api import router as catalogue
from oneroof.directory.api import router as directory
from oneroof.logistics.api import router as logistics
from oneroof.sources.api import router as sources
from oneroof.staffing.api import router as staffing

api = DocumentedAPI(
    title="OneRoof",
    version="1",
    description="Records of assistance, as far as they are released to whoever asks. All instants are UTC.",
    docs_url=None,  # the usual page of documentation loads scripts from outside
    auth=Token(),
    parser=NoNulls(),
    urls_namespace="api",
)
tell_errors(api)
api.add_router("", catalogue)
api.add_router("", directory)
api.add_router("", staffing)
api.add_router("", sources)
api.add_router("", logistics)
