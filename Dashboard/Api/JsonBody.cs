using System.Buffers;
using System.IO.Pipelines;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Api;

/// <summary>Reads a request's JSON document, or says in the error shape what is wrong with it.</summary>
internal static class JsonBody
{
    public const int DeepestJson = 16;

    private static readonly JsonReaderOptions Rules = new() { MaxDepth = DeepestJson };

    /// <summary>Whether there is anything to read: clients send any content type, or none, with an empty body.</summary>
    public static bool IsEmpty(HttpContext http) =>
        http.Request.ContentLength == 0 || http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };

    /// <summary>Reads a body that must be there.</summary>
    /// <exception cref="ApiProblemException">The body is missing or can't be read.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class =>
        await ReadOptionalAsync(http, type) ?? throw new ApiProblemException(new ApiProblem(ApiError.Unreadable, "The body is empty. Send a JSON object with content type application/json."));

    /// <summary>Reads a body that may be left out; null then.</summary>
    /// <exception cref="ApiProblemException">It cannot be read.</exception>
    public static async ValueTask<T?> ReadOptionalAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        if (IsEmpty(http))
            return null;

        var body = await RequestBody.ReadAsync(http, BodyLimit.Of(http, http.Features.Get<ClientPrincipal>()));
        try
        {
            if (body.Bytes.IsEmpty)
                return null;
            return IsJson(http.Request.ContentType)
                ? Parse(body.Bytes, type)
                : throw new ApiProblemException(new ApiProblem(ApiError.WrongMediaType, "The content type must be application/json.", Shown(http.Request.ContentType)));
        }
        finally
        {
            body.Release();
        }
    }

    private static T Parse<T>(in ReadOnlySequence<byte> bytes, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, Rules);
            var value = JsonSerializer.Deserialize(ref reader, type);
            reader.Read(); // throws if anything follows the document
            ApiProblemException.ThrowIf(value is null ? "The body must be a JSON object, not null." : UnknownMembers.ProblemOf(value as AdministrationRequest, type));
            return value!;
        }
        catch (JsonException exception)
        {
            throw new ApiProblemException(Explain(exception));
        }
    }

    /// <summary>Broken syntax is unreadable; a document that does not fit was read and breaks a rule.</summary>
    private static ApiProblem Explain(JsonException exception)
    {
        if (exception.InnerException is JsonException || exception.Path is null)
        {
            return new ApiProblem(
                ApiError.Unreadable,
                "The body is not valid JSON.",
                $"line {exception.LineNumber.GetValueOrDefault() + 1}, byte {exception.BytePositionInLine.GetValueOrDefault() + 1}");
        }
        var field = exception.Path.TrimStart('$').TrimStart('.');
        return field.Length == 0
            ? ApiProblem.Invalid("The body must be a JSON object.")
            : ApiProblem.Invalid(field, "has a value of the wrong type or appears twice. See docs/http-api.md.");
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));

    private static string Shown(string? contentType) => contentType is null ? "it is missing" : $"it is {contentType[..Math.Min(contentType.Length, 100)]}";
}

/// <summary>What administration sends. It refuses what it does not know: a misspelt member must not be silently without effect.</summary>
internal abstract record AdministrationRequest
{
    /// <summary>Members that the document does not have.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>Read-only members: a document can be sent back whole.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ComputedAttribute(params string[] members) : Attribute
{
    public IReadOnlyList<string> Members => members;
}

internal static class UnknownMembers
{
    /// <summary>Names the first unknown member, and the members that can be set. Null if all are known.</summary>
    public static string? ProblemOf(AdministrationRequest? request, JsonTypeInfo type)
    {
        if (request?.Unknown is not { } unknown)
            return null;
        var computed = type.Type.GetCustomAttribute<ComputedAttribute>()?.Members ?? [];
        if (unknown.Keys.FirstOrDefault(member => !computed.Contains(member, StringComparer.Ordinal)) is not { } name)
            return null;
        var known = type.Properties.Where(property => !property.IsExtensionData).Select(property => property.Name);
        return $"\"{(name.Length > 50 ? name[..50] : name)}\" isn't a member of this document. Its members are {string.Join(", ", known)}.";
    }
}

/// <summary>A whole body, still in the server's own buffers until <see cref="Release"/>.</summary>
internal readonly struct RequestBody
{
    private readonly PipeReader _reader;

    private RequestBody(PipeReader reader, ReadOnlySequence<byte> bytes) => (_reader, Bytes) = (reader, bytes);

    public ReadOnlySequence<byte> Bytes { get; }

    /// <summary>Reads until the end or until one byte more than allowed, whatever length was announced.</summary>
    /// <exception cref="ApiProblemException">It is larger.</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpContext http, int limit)
    {
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(http.RequestAborted);
            if (read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw new ApiProblemException(BodyLimit.Refusal(limit));
            }
            if (read.IsCompleted)
                return new RequestBody(reader, read.Buffer);
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public void Release() => _reader.AdvanceTo(Bytes.End);
}

/// <summary>The largest body. As route metadata: the route's limit for every caller.</summary>
internal sealed record BodyLimit(int Bytes)
{
    /// <summary>What anyone may send.</summary>
    public const int OfViewers = 16 * 1024;

    /// <summary>What a server key may send: many heartbeats at once.</summary>
    public const int OfServers = 256 * 1024;

    /// <summary>What a page may send while it closes.</summary>
    public const int OfBeacons = 4 * 1024;

    public static int Of(HttpContext http, ClientPrincipal? caller) =>
        http.GetEndpoint()?.Metadata.GetMetadata<BodyLimit>()?.Bytes ?? (caller is { IsServer: true } ? OfServers : OfViewers);

    public static ApiProblem Refusal(int limit) =>
        new(ApiError.BodyTooLarge, $"The body is limited to {limit} bytes{(limit == OfViewers ? $", or {OfServers} with a server key" : "")}.");
}
