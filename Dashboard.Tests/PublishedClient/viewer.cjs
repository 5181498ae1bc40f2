// One viewer with the published client, unmodified, in a process of its own: the client keeps its state in globals.
// The parent sends {id, call, arguments} and gets {id, value} or {id, code, message}.
const sdk = require('@amityco/ts-sdk-react-native');

const presence = sdk.RoomPresenceRepository;
const calls = {
  async logIn(url, key, userId, displayName) {
    const apiEndpoint = { http: url, upload: url, mqtt: url };
    sdk.Client.createClient(key, 'sg', { apiEndpoint, rteEnabled: false });
    return sdk.Client.login({ userId, displayName }, { sessionWillRenewAccessToken: renewal => renewal.renew() });
  },
  start: roomId => presence.startHeartbeat(roomId),
  stop: roomId => presence.stopHeartbeat(roomId),
  count: roomId => presence.getRoomUserCount(roomId),
  async users(roomId) {
    return (await presence.getRoomOnlineUsers(roomId)).data.map(user => ({ userId: user.userId, displayName: user.displayName }));
  },
};

process.on('message', async ({ id, call, arguments: values }) => {
  try {
    process.send({ id, value: await calls[call](...values) });
  } catch (error) {
    process.send({ id, code: error.code, message: error.message });
  }
});
