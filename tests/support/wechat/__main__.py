"""``./run wechat``: the assistant as a follower of an Official Account sees it, in a terminal.

The platform is simulated, everything behind it is real. Links open in any browser on this machine.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from pathlib import Path

from deploy.environments import LOCAL
from deploy.services import Assistant
from deploy.training import ensure_model
from tests.support.wechat.phone import Phone, WeChat

HELP = """
直接打字就是在聊天里说话。另外可以：
  /photo 文件    发一张照片，例如 /photo tests/fixtures/photos/front_00.jpg
  /tap 选项      点菜单里的选项        /click start|mine|progress  点公众号菜单
  /scan 0127     扫期货公司的二维码    /quit  结束
链接可以在这台电脑的浏览器里打开；短信验证码在 {gateway}/inbox。
"""


class Screen(threading.Thread):
    """Prints what appears in the chat."""

    def __init__(self, phone: Phone, folder: Path) -> None:
        super().__init__(daemon=True)
        self.phone = phone
        self.folder = folder
        self.shown = 0

    def run(self) -> None:
        """Until the program ends."""
        changed = self.phone.wechat.book.changed
        while True:
            with changed:
                changed.wait_for(lambda: len(self.phone.chat) > self.shown)
            for heard in self.phone.chat[self.shown :]:
                self.shown += 1
                text = re.sub(r'<a href="([^"]*)">([^<]*)</a>', r"\2 \1 ", heard.text)
                if heard.picture:
                    picture = self.folder / f"picture-{self.shown}.png"
                    picture.write_bytes(heard.picture)
                    text = f"［图片：{picture}］"
                print(
                    "\n" + "\n".join("  │ " + line for line in text.splitlines()) + "\n> ", end="", flush=True
                )


def act(phone: Phone, line: str) -> None:
    """One line of the person at the keyboard."""
    command, _, rest = line.partition(" ")
    match command:
        case "/photo":
            path = Path(rest.strip())
            if not path.is_file():
                raise ValueError(f"没有这个文件：{path}")
            phone.photo(path)
        case "/tap":
            try:
                phone.tap(rest.strip())
            except StopIteration:
                raise ValueError("没有可以点的这个选项；也可以直接回复序号") from None
        case "/click":
            phone.event("CLICK", rest.strip())
        case "/scan":
            phone.event("SCAN", rest.strip())
        case _ if command.startswith("/"):
            raise ValueError("没有这个命令。可以用 /photo、/tap、/click、/scan、/quit")
        case _:
            phone.say(line)


def main() -> int:
    """Start everything, chat until the input ends, stop everything."""
    platform = WeChat()
    state = Path(os.environ.get("STATE_DIR", LOCAL / "wechat"))
    assistant = Assistant(state=state, model=ensure_model(), settings=platform.environment)
    assistant.prepare()
    try:
        assistant.start()
        platform.callback = assistant.address("gateway") + "/wechat/callback"
        print(HELP.format(gateway=assistant.address("gateway")))
        phone = Phone(platform)
        Screen(phone, state).start()
        phone.event("subscribe")
        for raw in sys.stdin:
            line = raw.strip()
            if line == "/quit":
                break
            if line:
                try:
                    act(phone, line)
                except (AssertionError, OSError, ValueError) as problem:
                    print(f"  ! {problem}")
    except KeyboardInterrupt:
        pass
    finally:
        assistant.stop()
        platform.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
