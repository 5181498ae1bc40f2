using System.Text.Json.Serialization;
using Presence.Dashboard.Api.Contracts;

namespace Presence.Dashboard.Api;

/// <summary>The generated code behind <see cref="Wire"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantConverter), typeof(WholeNumberConverter<int>), typeof(WholeNumberConverter<long>)],
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AuthTokenRequest))]
[JsonSerializable(typeof(ChannelMembersDocument))]
[JsonSerializable(typeof(ChannelMembersRequest))]
[JsonSerializable(typeof(ChannelsReply))]
[JsonSerializable(typeof(ChatSettingsDocument))]
[JsonSerializable(typeof(CountReply))]
[JsonSerializable(typeof(DefinedRoomDocument))]
[JsonSerializable(typeof(DefinedRoomRequest))]
[JsonSerializable(typeof(DefinedRoomsReply))]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(HealthReply))]
[JsonSerializable(typeof(HeartbeatDocument))]
[JsonSerializable(typeof(HeartbeatRequest))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
[JsonSerializable(typeof(LoginReply))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(ManyHeartbeatsReply))]
[JsonSerializable(typeof(ManyHeartbeatsRequest))]
[JsonSerializable(typeof(OnlineCountReply))]
[JsonSerializable(typeof(PresencesReply))]
[JsonSerializable(typeof(PresenceSettingsReply))]
[JsonSerializable(typeof(PresenceSwitchDocument))]
[JsonSerializable(typeof(PresenceSwitchRequest))]
[JsonSerializable(typeof(PublicLinkDocument))]
[JsonSerializable(typeof(PublicLinkRequest))]
[JsonSerializable(typeof(PublicRoomDocument))]
[JsonSerializable(typeof(RemovalDocument))]
[JsonSerializable(typeof(RemovalRequest))]
[JsonSerializable(typeof(RemovalsReply))]
[JsonSerializable(typeof(RoomsReply))]
[JsonSerializable(typeof(ServerKeyDocument))]
[JsonSerializable(typeof(ServerKeyRequest))]
[JsonSerializable(typeof(ServerKeysReply))]
[JsonSerializable(typeof(SessionDocument))]
[JsonSerializable(typeof(SettingsChangeRequest))]
[JsonSerializable(typeof(SettingsDocument))]
[JsonSerializable(typeof(StreamCount))]
[JsonSerializable(typeof(StreamGap))]
[JsonSerializable(typeof(StreamJoin))]
[JsonSerializable(typeof(StreamLeave))]
[JsonSerializable(typeof(SuccessReply))]
[JsonSerializable(typeof(UserProfileDocument))]
[JsonSerializable(typeof(UserProfileRequest))]
[JsonSerializable(typeof(UsersReply))]
[JsonSerializable(typeof(ViewersReply))]
[JsonSerializable(typeof(VisitorRequest))]
internal sealed partial class ApiJson : JsonSerializerContext;
