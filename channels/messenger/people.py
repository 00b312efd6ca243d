"""Whose conversation is whose: a platform's user has one conversation, and still has to log in there.

The platform's user id (openid) is personal: it is looked up by a keyed digest and kept sealed.
"""

from __future__ import annotations

from redis.asyncio import Redis

from settlement.conversation.keys import KEEP_SECONDS
from settlement.errors import CustomerError
from settlement.redis import decoded
from settlement.security.keys import Keyring, UnsealError
from settlement.security.origins import Origins
from settlement.security.sessions import Sessions


class People:
    """Users of one platform's account."""

    def __init__(self, redis: Redis, keyring: Keyring, sessions: Sessions, platform: str) -> None:
        self._redis = redis
        self._keyring = keyring
        self._sessions = sessions
        self._origins = Origins(redis, keyring)
        self._platform = platform

    def digest(self, user: str) -> str:
        """What stands for ``user`` in keys and limits."""
        return self._keyring.digest(user, f"messenger:{self._platform}")[:32]

    async def arrive(self, user: str) -> str:
        """The user's conversation, begun if need be. Two messages at once make one conversation."""
        found = await self.conversation_of(user)
        if found is None:
            session, _ = await self._sessions.create(self._platform)
            found = session.conversation
            if not await self._redis.set(self._user_key(user), found, nx=True, ex=KEEP_SECONDS):
                return await self.arrive(user)
        await self._keep(user, found)
        await self._origins.by_chat(found, self.digest(user))
        return found

    async def conversation_of(self, user: str) -> str | None:
        """The user's conversation, if there is one."""
        raw = await self._redis.get(self._user_key(user))
        if raw is None:
            return None
        try:
            return (await self._sessions.get(decoded(raw))).conversation
        except CustomerError:  # outlived: a new one takes its place
            await self._redis.delete(self._user_key(user))
            return None

    async def _keep(self, user: str, conversation: str) -> None:
        key = self._conversation_key(conversation)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(key, self._keyring.seal(user.encode(), key), ex=KEEP_SECONDS)
            pipe.expire(self._user_key(user), KEEP_SECONDS)
            await pipe.execute()

    async def user_of(self, conversation: str) -> str | None:
        """The user whose conversation this is; None when it is not one of this platform."""
        key = self._conversation_key(conversation)
        sealed = await self._redis.get(key)
        if not isinstance(sealed, bytes):
            return None
        try:
            return self._keyring.unseal(sealed, key).decode()
        except UnsealError:
            return None

    async def unbind(self, conversation: str) -> bool:
        """End the login, and the results that would come; False when no customer was bound."""
        return await self._sessions.unbind(conversation)

    def _user_key(self, user: str) -> str:
        return f"messenger:user:{self._platform}:{self.digest(user)}"

    def _conversation_key(self, conversation: str) -> str:
        return f"messenger:of:{self._platform}:{conversation}"
