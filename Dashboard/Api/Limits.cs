using Presence.Dashboard.Accounts;
using Presence.Dashboard.Alerts;
using Presence.Dashboard.Api.Embedding;
using Presence.Dashboard.Api.Streaming;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Authentication.Jwt;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Outbound;
using Presence.Dashboard.Pictures;
using Presence.Dashboard.Webhooks;
using Presence.Engine;
using Presence.Engine.Alerts;
using Presence.Engine.History;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Stage;
using Presence.Engine.Storage;
using Presence.Engine.Webhooks;

namespace Presence.Dashboard.Api;

/// <summary>
/// Every number a caller may not pass, in one place. Each is the very constant or option that is checked; docs/limits.md is
/// compared with this table, and a test goes up to each of them and one beyond.
/// </summary>
internal static class Limits
{
    private const string InitialsInstead = "initials are shown";
    private const string WaitPage = "a page with 429 and Retry-After";

    private static readonly DashboardOptions.LimitsOptions Defaults = new();
    private static readonly PresenceLimits Engine = new();

    public static readonly IReadOnlyList<Limit> All =
    [
        Text("roomId", PresenceIds.LongestRoomId, "all room ids"),
        Text("userId", PresenceIds.LongestUserId, "all user ids"),
        Text("sessionId", PresenceIds.LongestSessionId, "heartbeats and leaves"),
        Text("deviceId", PresenceIds.LongestSessionId, "logins"),
        Text("displayName", UserRules.LongestDisplayName, "logins, profiles"),
        Text("deviceInfo.kind", LoginRules.LongestKind, "logins"),
        Text("deviceInfo.model", LoginRules.LongestModel, "logins"),
        Text("deviceInfo.sdkVersion", LoginRules.LongestSdkVersion, "logins"),
        new("device", HeartbeatRequest.LongestDevice, "characters", "heartbeats") { Otherwise = "cut" },
        new("appVersion", HeartbeatRequest.LongestAppVersion, "characters", "heartbeats") { Otherwise = "cut" },
        Text("search", PresenceLimits.SearchLength, "viewer lists"),
        Text("reason", SettingsChange.LongestReason, "settings changes"),
        Text("reason of a ban", RemovalRules.LongestReason, "bans"),
        Text("text of a note", NoteRules.LongestText, "notes on users"),
        Text("prefix", PresenceIds.LongestRoomId, "rules by room prefix"),
        Text("title", RoomDefinitionRules.LongestTitle, "room catalogue"),
        new("metadata", UserProfileRequest.LargestMetadata, "bytes", "profiles, as JSON") { Error = ApiError.Invalid },
        new("length of a ban", RemovalRules.LongestSeconds, "seconds", "bans") { Error = ApiError.Invalid },
        Text("name of a server key", ServerKeyRules.LongestName, "server keys"),
        new("page", PresenceLimits.Page, "entries", "`limit` of lists") { Error = ApiError.Invalid },
        new("ids of rooms", PresenceLimits.Page, "ids", "`GET /api/v1/presence/rooms`") { Error = ApiError.Invalid },
        new("rooms of a stream", StreamEndpoints.MostRooms, "rooms", "`GET /api/v1/presence/stream`") { Error = ApiError.Invalid },
        new("users of a stream", StreamEndpoints.MostUsers, "users", "`GET /api/v1/presence/users/stream`") { Error = ApiError.Invalid },
        new("ids of users", UserEndpoints.MostIds, "ids", "`GET /api/v3/users/list`") { Error = ApiError.Invalid },
        new("ids of users, for their presence", UserPresenceEndpoints.MostIds, "ids", "`GET /api/v1/presence/users/list`") { Error = ApiError.Invalid },
        new("id of a user, for its presence", UserPresenceEndpoints.LongestId, "characters", "`GET /api/v1/presence/users/list`, percent-encoded") { Error = ApiError.Invalid },
        new("ids of channels", ChannelEndpoints.MostAsked, "ids", "`GET /api/v1/presence/channels/list`") { Error = ApiError.Invalid },
        new("points of a chart", HistoryCalendar.MostSteps, "points", "`GET .../history`") { Error = ApiError.Invalid },
        new("length of a drop", (long)HistoryEndpoints.LongestDrop.TotalSeconds, "seconds", "`GET .../drop`") { Error = ApiError.Invalid },
        new("heartbeats at once", ManyHeartbeatsRequest.Most, "heartbeats", "`POST /api/v1/presence/heartbeats`") { Error = ApiError.Invalid },
        new("depth of JSON", JsonBody.DeepestJson, "levels", "bodies") { Error = ApiError.Unreadable },
        new("body", BodyLimit.OfViewers, "bytes", "viewers and anonymous callers") { Error = ApiError.BodyTooLarge },
        new("body with a server key", BodyLimit.OfServers, "bytes", "server keys") { Error = ApiError.BodyTooLarge },
        new("body of a beacon", BodyLimit.OfBeacons, "bytes", "`POST .../leave`") { Error = ApiError.BodyTooLarge },
        new("access token", ClientAuthenticator.LongestToken, "characters", "`Authorization`") { Error = ApiError.NotSignedIn },
        new("rooms of a token", CustomerClaims.MostRooms, "entries", "the claim `rooms`") { Error = ApiError.NotSignedIn },
        new("picture of a token", UserRules.LongestPicture, "characters", "the claim `picture`") { Error = ApiError.NotSignedIn },
        new("draws", DrawStore.Most, "draws", "kept") { Otherwise = "drops the oldest" },
        new("candidates of a draw", DrawRules.MostCandidates, "viewers", "one draw") { Error = ApiError.CapReached },
        new("winners of a draw", DrawRules.MostWinners, "viewers", "one draw") { Error = ApiError.Invalid },
        new("raised hands", PresenceLimits.HandsPerRoom, "hands", "one room") { Otherwise = "the hand isn't taken, as the reply shows" },
        new("server keys", ServerKeyStore.Most, "keys", "not revoked, in total") { Error = ApiError.CapReached },
        new("webhooks", WebhookStore.Most, "endpoints", "in total") { Error = ApiError.CapReached },
        new("URL of a webhook", WebhookRules.LongestUrl, "characters", "webhooks") { Error = ApiError.Invalid },
        new("rooms of a webhook", WebhookFilter.MostRooms, "entries", "webhooks") { Error = ApiError.Invalid },
        new("events for a webhook", WebhookStore.MostPending, "events", "waiting for one endpoint") { Otherwise = "are counted, and told as a gap" },
        new("deliveries of a webhook", WebhookStore.MostFinished, "deliveries", "delivered or given up, in the log of one endpoint, for 7 days") { Otherwise = "drops the oldest" },
        new("time for a webhook", (long)WebhookSender.LongestAnswer.TotalSeconds, "seconds", "from the connection to the end of the answer") { Otherwise = "is tried again" },
        new("thresholds of a webhook", WebhookFilter.MostThresholds, "counts", "webhooks") { Error = ApiError.Invalid },
        new("server keys of one name", ServerKeys.MostOfOneName, "keys", "neither revoked nor expired") { Error = ApiError.CapReached },
        new("label of a badge", BadgeDrawing.LongestLabel, "characters", "`GET /badge/{link}.svg`") { Error = ApiError.Invalid },
        new("public links", PublicLinkStore.Most, "rooms", "with a public link") { Error = ApiError.CapReached },
        new("share links", ShareLinkStore.Most, "links", "in total") { Otherwise = "a message on the page" },
        new("share links of a room", ShareLinkStore.MostOfRoom, "links", "one room") { Otherwise = "a message on the page" },
        new("alert rules", AlertRules.Most, "rules", "in total") { Error = ApiError.CapReached },
        new("notes on a user", NoteRules.MostOfViewer, "notes", "one user") { Error = ApiError.CapReached },
        new("notes", NoteRules.Most, "notes", "on all users") { Error = ApiError.CapReached },
        new("watch list", NoteRules.MostFlagged, "notes", "with a flag, on all users") { Error = ApiError.CapReached },
        new("hand-over notes", HandoverStore.Most, "rooms", "with a hand-over note of its moderators") { Otherwise = "a message on the page" },
        new("alerts", AlertStore.MostAlerts, "alerts", "in total") { Otherwise = "drops the oldest that is over" },
        new("devices for alerts", PushDevices.Most, "devices", "one account") { Otherwise = "a message on the page" },
        new("test viewers", TestViewers.Most, "rooms", "with a test viewer at once") { Otherwise = "a message on the page" },
        new("request line", ServerDefaults.LongestRequestLine, "bytes", "every request") { Otherwise = "414 without a body" },
        new("headers", ServerDefaults.LargestHeaders, "bytes", "every request") { Otherwise = "431 without a body" },
        new("header lines", ServerDefaults.MostHeaders, "headers", "every request") { Otherwise = "431 without a body" },
        new("time for headers", (long)ServerDefaults.LongestHeaders.TotalSeconds, "seconds", "every request") { Otherwise = "408 without a body" },
        new("slowest body or reader", ServerDefaults.SlowestBytesPerSecond, "bytes per second", "below it, after 5 seconds") { Otherwise = "the connection is closed" },
        new("reader without progress", (long)SlowReaderMiddleware.Longest.TotalSeconds, "seconds", "replies larger than the buffers on the way") { Otherwise = "the connection is closed" },
        new("rooms", Defaults.Rooms, "rooms", "in total") { Error = ApiError.CapReached, Key = nameof(Defaults.Rooms) },
        new("sessions", Defaults.Sessions, "sessions", "in total") { Error = ApiError.CapReached, Key = nameof(Defaults.Sessions) },
        new("reserve for server keys", Defaults.ServerReserve, "percent", "of rooms, sessions and streams") { Error = ApiError.CapReached, Key = nameof(Defaults.ServerReserve) },
        new("rooms of an address", Defaults.RoomsPerAddress, "rooms", "one address: a quarter of the limit, without empty rooms") { Error = ApiError.CapReached, Key = nameof(Defaults.RoomsPerAddress) },
        new("rooms of a server key", Defaults.RoomsPerServerKey, "rooms", "one server key: all but the reserve, without empty rooms") { Error = ApiError.CapReached, Key = nameof(Defaults.RoomsPerServerKey) },
        new("sessions of an address", Defaults.SessionsPerAddress, "sessions", "one address: a quarter of the limit") { Error = ApiError.CapReached, Key = nameof(Defaults.SessionsPerAddress) },
        new("sessions of a server key", Defaults.SessionsPerServerKey, "sessions", "one server key: all but the reserve") { Error = ApiError.CapReached, Key = nameof(Defaults.SessionsPerServerKey) },
        new("rooms of a user", Defaults.RoomsPerUser, "rooms", "one user at once") { Error = ApiError.CapReached, Key = nameof(Defaults.RoomsPerUser) },
        new("sessions of a user in a room", Defaults.SessionsPerUserAndRoom, "sessions", "one user in one room") { Otherwise = "replaces the session with the oldest heartbeat", Key = nameof(Defaults.SessionsPerUserAndRoom) },
        new("prefixes", RoomPrefixStore.Most, "prefixes", "rules by room prefix") { Error = ApiError.CapReached },
        new("scheduled changes", ScheduleRules.Most, "changes", "waiting or active") { Error = ApiError.CapReached },
        new("length of a scheduled change", (long)ScheduleRules.Longest.TotalSeconds, "seconds", "scheduled settings") { Error = ApiError.Invalid },
        new("defined rooms", Engine.CatalogueRooms, "rooms", "the catalogue") { Error = ApiError.CapReached },
        new("bans", Engine.Removals, "bans", "active at once") { Error = ApiError.CapReached },
        new("invitations", Engine.Invitations, "invitations", "open, or over within the last hour") { Error = ApiError.CapReached },
        new("users", Defaults.Users, "users", "known, in total") { Otherwise = "replaces the least recently used. 429, code 499602 if all are verified", Key = nameof(Defaults.Users) },
        new("distinct devices", Engine.Devices, "devices", "`device` and `appVersion` of heartbeats") { Otherwise = "shown as \"other\"" },
        new("channels", Engine.Channels, "channels", "with members") { Error = ApiError.CapReached },
        new("members of a channel", Engine.ChannelMembers, "users", "one channel") { Error = ApiError.Invalid },
        Pace("heartbeats of a session", Defaults.HeartbeatsPerSecond, "one session in one room", nameof(Defaults.HeartbeatsPerSecond)),
        Pace("heartbeats of an address", Defaults.HeartbeatsPerSecondOfAddress, "one address. 0 means no limit", nameof(Defaults.HeartbeatsPerSecondOfAddress)),
        Pace("logins", Defaults.LoginsPerSecond, "one address", nameof(Defaults.LoginsPerSecond)),
        Pace("logouts", Defaults.LogoutsPerSecond, "one address", nameof(Defaults.LogoutsPerSecond)),
        new("revoked tokens", Defaults.RevokedTokens, "tokens", "until they would have expired, in total") { Error = ApiError.CapReached, Key = nameof(Defaults.RevokedTokens) },
        new("revoked tokens of an address", Defaults.RevokedTokens / RateLimits.RevokedTokensPart, "tokens", "one address, refilled over a token's lifetime: at most a quarter of the limit") { Error = ApiError.RateLimited },
        new("sign-ins", Defaults.SignInsPerSecond, "per second", "one address, for all password forms. Correct passwords don't count") { Otherwise = WaitPage, Key = nameof(Defaults.SignInsPerSecond) },
        new("failures of an address at an account", SignInThrottle.AllowedFailures, "failures", "one address at one account in 5 minutes") { Otherwise = WaitPage },
        new("failures of an account", SignInThrottle.AllowedFailuresOfAccount, "failures", "one account over all addresses in 5 minutes") { Otherwise = "each attempt is delayed, by up to 10 seconds" },
        new("waiting passwords", PasswordHashing.MostWaiting, "passwords", "behind those being hashed (one per core, minus one)") { Otherwise = WaitPage },
        new("password", ModeratorPasswords.Longest, "characters", "accounts") { Otherwise = "a message in the form" },
        new("form", BodyLimit.OfViewers, "bytes", "forms of pages") { Otherwise = "a page with 413" },
        new("sessions of an account", ModeratorSessions.MostOfAccount, "browsers", "signed in to one account") { Otherwise = "ends the oldest" },
        Pace("new guests", Defaults.NewGuestsPerSecond, "one address", nameof(Defaults.NewGuestsPerSecond)),
        Pace("failed requests", Defaults.FailuresPerSecond, "one address, with bad credentials", nameof(Defaults.FailuresPerSecond)),
        Pace("anonymous requests", Defaults.AnonymousPerSecond, "one address, without logins and health", nameof(Defaults.AnonymousPerSecond)),
        new("reads", Defaults.ReadsPerSecond, "viewers, rooms or members per second", "examined by one user's searches and sorts") { Error = ApiError.RateLimited, Key = nameof(Defaults.ReadsPerSecond) },
        new("reads of many", (long)Defaults.ReadsPerSecond * ReadRateLimiter.Many, "viewers, rooms or members per second", "examined for one server key, or for all users of one address") { Error = ApiError.RateLimited },
        Pace("badges", Defaults.BadgesPerSecond, "one address, through public links", nameof(Defaults.BadgesPerSecond)),
        new("file of a picture", UserPictures.LargestFile, "bytes", "the file behind an `avatarUrl`") { Otherwise = InitialsInstead },
        new("pixels of a picture", PictureDrawing.MostPixels, "pixels", "the file behind an `avatarUrl`") { Otherwise = InitialsInstead },
        new("side of a picture", PictureDrawing.LongestSide, "pixels", "the file behind an `avatarUrl`") { Otherwise = InitialsInstead },
        new("time for a picture", (long)UserPictures.LongestFetch.TotalSeconds, "seconds", "from the first look-up of the host to the last byte") { Otherwise = InitialsInstead },
        new("pictures fetched", UserPictures.PerSecond, "per second", "in total, in bursts of up to 200") { Otherwise = InitialsInstead },
        new("pictures fetched at once", UserPictures.MostAtOnce, "pictures", "in total") { Otherwise = "wait, the newest first" },
        new("waiting pictures", UserPictures.MostWaiting, "pictures", "behind those being fetched, for at most 8 seconds") { Otherwise = InitialsInstead },
        new("pictures in memory", UserPictures.MostKept, "pictures", "in total") { Otherwise = "drops the least recently shown" },
        new("memory of pictures", UserPictures.MostBytes, "bytes", "in total") { Otherwise = "drops the least recently shown" },
        new("connections to a host", OutboundGuard.ConnectionsPerHost, "connections", "requests that the server sends to addresses others chose") { Otherwise = "wait" },
        new("streams of a caller", Defaults.StreamsPerPrincipal, "streams", "one user, or one server key") { Error = ApiError.CapReached, Key = nameof(Defaults.StreamsPerPrincipal) },
        new("streams of an address", Defaults.StreamsPerAddress, "streams", "users of one address: a quarter of the limit") { Error = ApiError.CapReached, Key = nameof(Defaults.StreamsPerAddress) },
        new("streams of a share link", EventStreams.MostOfLink, "streams", "one link") { Error = ApiError.CapReached },
        new("streams", Defaults.Streams, "streams", "in total") { Error = ApiError.CapReached, Key = nameof(Defaults.Streams) },
        new("connections", Defaults.Connections, "connections", "in total") { Otherwise = "the connection is closed", Key = nameof(Defaults.Connections) },
        new("connections of an address", Defaults.ConnectionsPerAddress, "connections", "one address: a quarter of the limit. Known proxies and this machine are exempt") { Otherwise = "the connection is closed", Key = nameof(Defaults.ConnectionsPerAddress) },
        new("idle connections", (long)FirstByteDeadline.LongestSilence.TotalSeconds, "seconds", "until the first byte, and until the first byte after a TLS handshake") { Otherwise = "the connection is closed" },
        new("page connections of an address", Defaults.PageConnectionsPerAddress, "connections", "WebSockets of one address: a quarter of the limit") { Error = ApiError.CapReached, Key = nameof(Defaults.PageConnectionsPerAddress) },
        new("page connections of an account", Defaults.PageConnectionsPerAccount, "connections", "WebSockets of one account") { Error = ApiError.CapReached, Key = nameof(Defaults.PageConnectionsPerAccount) },
        Pace("pages opened", Defaults.PageOpensPerSecond, "one account", nameof(Defaults.PageOpensPerSecond)),
        new("page connections", Defaults.PageConnections, "connections", "WebSockets, in total") { Error = ApiError.CapReached, Key = nameof(Defaults.PageConnections) },
    ];

    private static Limit Text(string name, int longest, string appliesTo) => new(name, longest, "characters", appliesTo) { Error = ApiError.Invalid };

    private static Limit Pace(string name, int perSecond, string appliesTo, string key) => new(name, perSecond, "per second", appliesTo) { Error = ApiError.RateLimited, Key = key };
}

/// <summary>One number that a caller may not pass. All stand in <see cref="Limits"/>.</summary>
/// <param name="Name">What is limited.</param>
/// <param name="Value">The number; for a configurable one its default.</param>
/// <param name="Unit">What is counted.</param>
/// <param name="AppliesTo">Where.</param>
internal sealed record Limit(string Name, long Value, string Unit, string AppliesTo)
{
    /// <summary>What is answered beyond it; null where <see cref="Otherwise"/> says what happens instead.</summary>
    public ApiError? Error { get; init; }

    /// <summary>What happens beyond it where no error of the API is answered.</summary>
    public string? Otherwise { get; init; }

    /// <summary>The key that sets it, below <c>Presence__Limits__</c>; null for a fixed one.</summary>
    public string? Key { get; init; }

    /// <summary>What happens beyond it, for people.</summary>
    public string Beyond => Error is null ? Otherwise ?? "" : $"{Error.Status}, code {Error.Code}";
}
