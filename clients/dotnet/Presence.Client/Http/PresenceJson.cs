using System.Text.Json.Serialization;
using Presence.Client.Server;

namespace Presence.Client.Http;

/// <summary>Every document of the wire, read and written without reflection: the library may be trimmed and compiled ahead of time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(ViewerStateConverter)])]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(HeartbeatAnswer))]
[JsonSerializable(typeof(HeartbeatBody))]
[JsonSerializable(typeof(PresenceSettingsAnswer))]
[JsonSerializable(typeof(UserSwitch))]
[JsonSerializable(typeof(ViewersAnswer))]
[JsonSerializable(typeof(RoomCount))]
[JsonSerializable(typeof(LoginBody))]
[JsonSerializable(typeof(LoginAnswer))]
[JsonSerializable(typeof(HeartbeatsBody))]
[JsonSerializable(typeof(HeartbeatsAnswer))]
[JsonSerializable(typeof(RemovalBody))]
[JsonSerializable(typeof(Removal))]
[JsonSerializable(typeof(RemovalsAnswer))]
[JsonSerializable(typeof(RoomsAnswer))]
[JsonSerializable(typeof(RoomDefinitionDocument))]
[JsonSerializable(typeof(NetworkSettingsDocument))]
[JsonSerializable(typeof(VouchBody))]
internal sealed partial class PresenceJson : JsonSerializerContext;
