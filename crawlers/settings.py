"""Scrapy's settings, all of them said: its own defaults ignore robots.txt, allow 1 GiB bodies and trust any certificate.

Lists of components are allow-lists (the `_BASE` ones are emptied), so that a new Scrapy cannot switch something on.
"""

from typing import Any

from crawlers.order import Manners

MAX_BODY_BYTES = 5 * 1024 * 1024
MAX_REDIRECTS = 5
MAX_ATTEMPTS = 3
ROBOTS_NAME = "KiemTin"


def scrapy_settings(manners: Manners) -> dict[str, Any]:
    """The settings of one crawl process."""
    return {
        **_components(),
        "USER_AGENT": manners.user_agent,
        "ROBOTSTXT_USER_AGENT": ROBOTS_NAME,
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_PARSER": "scrapy.robotstxt.ProtegoRobotParser",
        "DEFAULT_REQUEST_HEADERS": {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"},
        # One connection and a steady pause a host; `crawlers.manners` sets the pause of each.
        "CONCURRENT_REQUESTS": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": manners.delay_seconds,
        "DOWNLOAD_DELAY_JITTER": 0.0,
        "DOWNLOAD_TIMEOUT": manners.timeout_seconds,
        "DOWNLOAD_MAXSIZE": MAX_BODY_BYTES,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_TLS_MIN_VERSION": "TLSv1.2",
        "COMPRESSION_ENABLED": True,
        "REDIRECT_ENABLED": True,
        "REDIRECT_MAX_TIMES": MAX_REDIRECTS,
        "METAREFRESH_ENABLED": False,
        "RETRY_ENABLED": False,  # crawlers.manners.Retry does it, with pauses
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "MEMUSAGE_ENABLED": False,
        "LOG_ENABLED": False,
        "STATS_DUMP": False,
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "REACTOR_THREADPOOL_MAXSIZE": 20,
    }


def _components() -> dict[str, Any]:
    handler = "crawlers.manners.TimedHandler"
    return {
        "SCHEDULER": "crawlers.lanes.LaneScheduler",
        "DOWNLOAD_HANDLERS_BASE": {},
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES": {
            "crawlers.manners.Doorman": 50,
            "crawlers.manners.Robots": 100,
            "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
            "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
            "crawlers.manners.Retry": 550,
            "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
            "crawlers.manners.Redirect": 600,
        },
        "SPIDER_MIDDLEWARES_BASE": {},
        "SPIDER_MIDDLEWARES": {},
        "EXTENSIONS_BASE": {},
        "EXTENSIONS": {},
        "ITEM_PIPELINES_BASE": {},
        "ITEM_PIPELINES": {},
    }
