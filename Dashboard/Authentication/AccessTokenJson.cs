using System.Text.Json.Serialization;

namespace Presence.Dashboard.Authentication;

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(AccessTokenPayload))]
internal sealed partial class AccessTokenJson : JsonSerializerContext;
