"""Hosts that are no outlets (LIMITS 8): where persons publish, where people talk, and bridges that turn those into feeds.

A host is refused with all its subdomains. The table is data: an entry is a registrable domain or a host's suffix.
"""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

SOCIAL = """
facebook.com facebookmail.com fb.com fb.me fb.watch fbcdn.net m.me messenger.com instagram.com instagr.am threads.net threads.com
twitter.com x.com t.co twimg.com tiktok.com douyin.com zalo.me zalo.vn zaloapp.com zing.me linkedin.com lnkd.in pinterest.com pin.it
tumblr.com reddit.com redd.it quora.com vk.com ok.ru vkontakte.ru weibo.com weibo.cn xiaohongshu.com xhslink.com qzone.qq.com lotus.vn
gapo.vn hahalolo.com mocha.com.vn bsky.app bsky.social mastodon.social mstdn.social mastodon.online mas.to fosstodon.org truthsocial.com
gab.com gettr.com parler.com minds.com mewe.com snapchat.com clubhouse.com nextdoor.com ask.fm koo.app sharechat.com plurk.com myspace.com
farcaster.xyz warpcast.com nostr.com primal.net flipboard.com vero.co locals.com bereal.com lemon8-app.com spoutible.com cohost.org
counter.social diaspora.social joindiaspora.com
""".split()  # noqa: SIM905 (a table to read)

PERSONAL_PUBLISHING = """
wordpress.com wp.com blogger.com substack.com medium.com ghost.io livejournal.com dreamwidth.org typepad.com blog.com blog.jp wixsite.com
wix.com weebly.com squarespace.com jimdo.com jimdofree.com jimdosite.com strikingly.com webnode.com webnode.vn webnode.page yolasite.com
site123.me tilda.ws carrd.co linktr.ee beacons.ai bio.link notion.site notion.so telegra.ph write.as writeas.com micro.blog bearblog.dev
hashnode.dev hashnode.com dev.to hackmd.io github.io gitlab.io codeberg.page github.com gitlab.com pages.dev workers.dev netlify.app
vercel.app herokuapp.com web.app firebaseapp.com onrender.com fly.dev glitch.me repl.co replit.app surge.sh neocities.org tripod.com
angelfire.com geocities.com geocities.ws 000webhostapp.com infinityfreeapp.com google.com googleusercontent.com beehiiv.com buttondown.email
buttondown.com tinyletter.com mailchi.mp campaign-archive.com convertkit.com ck.page revue.email getrevue.co patreon.com ko-fi.com
buymeacoffee.com boosty.to steemit.com hive.blog peakd.com mirror.xyz paragraph.xyz vocal.media wattpad.com pixnet.net hatenablog.com
hateblo.jp hatenadiary.jp ameblo.jp note.com fc2.com seesaa.net over-blog.com overblog.com canalblog.com skyrock.com blog.hu blog.naver.com
m.blog.naver.com tistory.com velog.io brunch.co.kr csdn.net jianshu.com zhihu.com douban.com baijiahao.baidu.com toutiao.com habr.com
spiderum.com viblo.asia blogtiengviet.net vnweblogs.com yume.vn opera.com issuu.com scribd.com slideshare.net docdroid.net pastebin.com
rentry.co svbtle.com posthaven.com postach.io silvrback.com bravesites.com webs.com edublogs.org blogs.com bloglovin.com blogspot.com
""".split()  # noqa: SIM905 (a table to read)

VIDEO_AND_MESSAGING = """
youtube.com youtu.be youtube-nocookie.com vimeo.com dailymotion.com dai.ly twitch.tv rumble.com bitchute.com odysee.com lbry.tv
brighteon.com kick.com bilibili.com bilibili.tv kuaishou.com kwai.com likee.video nimo.tv bigo.tv trovo.live peertube.tv joinpeertube.org
nicovideo.jp rutube.ru veoh.com soundcloud.com podbean.com anchor.fm spotify.com podcasters.spotify.com buzzsprout.com spreaker.com t.me
telegram.me telegram.org telegram.dog tgstat.com telemetr.io whatsapp.com wa.me viber.com line.me lin.ee wechat.com weixin.qq.com qq.com
kakao.com kakaocorp.com signal.org signal.group discord.com discord.gg discordapp.com slack.com skype.com element.io matrix.to matrix.org
wire.com imo.im mattermost.com groups.io googlegroups.com
""".split()  # noqa: SIM905 (a table to read)

FORUMS = """
voz.vn vozforums.com otofun.net tinhte.vn webtretho.com lamchame.com f319.com vn-zoom.com vnzoom.vn vozer.io ddth.com gamevn.com
otosaigon.com 5giay.vn muare.vn vietfones.vn hdvietnam.org hdvietnam.xyz 4chan.org 8kun.top stackexchange.com stackoverflow.com
ycombinator.com lobste.rs proboards.com forumotion.com forumvi.com freeforums.net boards.net tapatalk.com disqus.com xenforo.com phpbb.com
vbulletin.com phpbb.net kaskus.co.id lihkg.com discuss.com.hk ptt.cc dcard.tw pantip.com mumsnet.com resetera.com somethingawful.com
lemmy.world lemmy.ml kbin.social avvo.com glassdoor.com tripadvisor.com yelp.com
""".split()  # noqa: SIM905 (a table to read)

FEED_BRIDGES = """
rsshub.app rsshub.io rss.app rssapp.com rss-bridge.org rss.bridge fetchrss.com feed43.com feedity.com politepol.com politepaul.com
openrss.org kill-the-newsletter.com morss.it fivefilters.org siftrss.com rssmix.com feedspot.com feedly.com inoreader.com newsblur.com
feedbin.com theoldreader.com feedburner.com feedblitz.com feedpress.me feedmix.com feed.press rss.com rssground.com rssing.com
createfeed.org feedcontrol.app happyfeed.com granary.io twitrss.me queryfeed.net zapier.com ifttt.com pipedream.net make.com apify.com
apify.net huginn.io n8n.cloud pipes.digital nitter.net nitter.it xcancel.com twstalker.com fxtwitter.com vxtwitter.com fixupx.com picuki.com
imginn.com bibliogram.art libreddit.it teddit.net invidio.us invidious.io yewtu.be piped.video threadreaderapp.com thread-reader.com
rattibha.com unrollthread.com archive.org archive.ph archive.today archive.is translate.goog r.jina.ai allorigins.win corsproxy.io
news.yahoo.com bing.com
""".split()  # noqa: SIM905 (a table to read)

_REFUSED = frozenset((*SOCIAL, *PERSONAL_PUBLISHING, *VIDEO_AND_MESSAGING, *FORUMS, *FEED_BRIDGES))

# Software that anybody runs under a name of their own: recognised by a word within a label of the host's name.
_NAME_WORDS = re.compile(
    r"mastodon|mstdn|nitter|invidious|libreddit|teddit|bibliogram|rsshub|rss-?bridge|pleroma|misskey|peertube|pixelfed|lemmy|hubzilla|gotosocial|friendica"
    r"|blogspot|vozforum|phpbb|vbulletin|xenforo|diaspora-?pod"
)
# Whole labels: forum.example.vn is a forum, hoidien-forumvn.example.vn need not be one.
_LABELS = frozenset(("forum", "forums", "diendan", "dien-dan", "nitter", "mastodon"))
_BRIDGE_PATH = re.compile(r"/(?:rss-?bridge|rsshub|nitter|invidious)(?:/|$)|[?&]bridge=", re.IGNORECASE)
_HOST_LIKE = re.compile(r"[\w-]+(?:\.[\w-]+)+")


def refused_host(url: str) -> str | None:
    """The refused host that an address stands on or bridges to (within its path or query); None where there is none.

    Deaf to case, a final dot, port, userinfo, subdomains, IDN and full-width spellings. Raises ValueError for what is no address.
    """
    parts = urlsplit(url.strip())
    host = plain_host(parts.hostname or "")
    if is_refused(host):
        return host
    rest = unquote(unquote(f"{parts.path}?{parts.query}"))
    if _BRIDGE_PATH.search(rest):
        return f"{host}{parts.path}"[:100]
    return next((inner for inner in map(plain_host, _HOST_LIKE.findall(rest)) if _suffix_refused(inner)), None)


def is_refused(host: str) -> bool:
    """True for a plain host name that the table, a name word or a label refuses."""
    labels = host.split(".")
    return _suffix_refused(host) or _NAME_WORDS.search(host) is not None or any(label in _LABELS for label in labels[:-1])


def plain_host(name: str) -> str:
    """A host name as it would be looked up: compatibility forms folded, punycode, lower case, no final dot."""
    folded = unicodedata.normalize("NFKC", unquote(name)).replace("。", ".").replace("\u00ad", "").replace("\u200b", "").strip(". ").lower()
    if folded.isascii():
        return folded
    try:
        return folded.encode("idna").decode("ascii")
    except UnicodeError:
        return folded


def _suffix_refused(host: str) -> bool:
    labels = host.split(".")
    return any(".".join(labels[start:]) in _REFUSED for start in range(len(labels)))
