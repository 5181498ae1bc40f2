using System.Text.Json.Serialization;
using Presence.Dashboard.Api.Contracts;

namespace Presence.Dashboard.Api;

/// <summary>The wire's documents, serialised by generated code.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantConverter)],
    MaxDepth = 16)]
[JsonSerializable(typeof(ErrorDocument))]
internal sealed partial class ApiJson : JsonSerializerContext;
