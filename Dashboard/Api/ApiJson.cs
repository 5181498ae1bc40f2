using System.Text.Json.Serialization;
using Presence.Dashboard.Api.Contracts;

namespace Presence.Dashboard.Api;

/// <summary>The generated code behind <see cref="Wire"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantConverter)],
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AuthTokenRequest))]
[JsonSerializable(typeof(ChatSettingsDocument))]
[JsonSerializable(typeof(CountReply))]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(HealthReply))]
[JsonSerializable(typeof(HeartbeatDocument))]
[JsonSerializable(typeof(HeartbeatRequest))]
[JsonSerializable(typeof(LoginReply))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(ManyHeartbeatsReply))]
[JsonSerializable(typeof(ManyHeartbeatsRequest))]
[JsonSerializable(typeof(PresenceSettingsReply))]
[JsonSerializable(typeof(RoomsReply))]
[JsonSerializable(typeof(SessionDocument))]
[JsonSerializable(typeof(SettingsChangeRequest))]
[JsonSerializable(typeof(SettingsDocument))]
[JsonSerializable(typeof(SuccessReply))]
[JsonSerializable(typeof(UsersReply))]
[JsonSerializable(typeof(ViewersReply))]
[JsonSerializable(typeof(VisitorRequest))]
internal sealed partial class ApiJson : JsonSerializerContext;
