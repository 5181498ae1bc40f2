using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
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
    public static async ValueTask<JsonBody<T>> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        var body = await ReadOptionalAsync(http, type);
        return body.Refusal is null && body.Value is null
            ? new JsonBody<T>(new ApiProblem(ApiErrors.Unreadable, "The body is empty. Send a JSON object with content type application/json."))
            : body;
    }

    /// <summary>Reads a body that may be left out; its value is null then.</summary>
    public static async ValueTask<JsonBody<T>> ReadOptionalAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        if (IsEmpty(http))
            return default;

        var body = await RequestBody.ReadAsync(http, BodyLimit.Of(http, http.Features.Get<Authentication.ClientPrincipal>()));
        if (body.Refusal is { } refusal)
            return new(refusal);
        try
        {
            if (body.Bytes.IsEmpty)
                return default;
            return IsJson(http.Request.ContentType)
                ? Parse(body.Bytes, type)
                : new(new ApiProblem(ApiErrors.WrongMediaType, "The content type must be application/json.", Shown(http.Request.ContentType)));
        }
        finally
        {
            body.Release();
        }
    }

    private static JsonBody<T> Parse<T>(in ReadOnlySequence<byte> bytes, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, Rules);
            var value = JsonSerializer.Deserialize(ref reader, type);
            reader.Read(); // throws when something follows the document
            return value is null ? new(ApiProblem.Invalid("The body must be a JSON object, not null.")) : new(value);
        }
        catch (JsonException exception)
        {
            return new(Explain(exception));
        }
    }

    /// <summary>Broken syntax is unreadable; a document that does not fit was read and breaks a rule.</summary>
    private static ApiProblem Explain(JsonException exception)
    {
        if (exception.InnerException is JsonException || exception.Path is null)
        {
            return new ApiProblem(
                ApiErrors.Unreadable,
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

/// <summary>A document read from a request, or the refusal to answer. Neither for a body that was left out.</summary>
internal readonly struct JsonBody<T>
    where T : class
{
    public JsonBody(T value) => Value = value;

    public JsonBody(ApiProblem refusal) => Refusal = refusal;

    public T? Value { get; }

    public ApiProblem? Refusal { get; }
}

/// <summary>Administration refuses what it does not know: a misspelt member must not be silently without effect.</summary>
internal static class UnknownMembers
{
    /// <summary>Says what is wrong, or null.</summary>
    /// <param name="unknown">The members that were not read.</param>
    /// <param name="computed">Those that the server says and nobody can set: a document that was read may be sent back whole.</param>
    /// <param name="known">The members that can be set.</param>
    public static string? ProblemOf(Dictionary<string, JsonElement>? unknown, string[] computed, params ReadOnlySpan<string> known)
    {
        if (unknown?.Keys.FirstOrDefault(member => !computed.Contains(member, StringComparer.Ordinal)) is not { } name)
            return null;
        return $"\"{(name.Length > 50 ? name[..50] : name)}\" isn't a member of this document. Its members are {string.Join(", ", known)}.";
    }
}

/// <summary>A whole body, still in the server's own buffers until <see cref="Release"/>; or why it was not read.</summary>
internal readonly struct RequestBody
{
    private readonly PipeReader? _reader;

    private RequestBody(PipeReader reader, ReadOnlySequence<byte> bytes) => (_reader, Bytes) = (reader, bytes);

    private RequestBody(ApiProblem refusal) => Refusal = refusal;

    public ReadOnlySequence<byte> Bytes { get; }

    public ApiProblem? Refusal { get; }

    /// <summary>Reads until the end or until one byte more than allowed, whatever length was announced.</summary>
    public static async ValueTask<RequestBody> ReadAsync(HttpContext http, int limit)
    {
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(http.RequestAborted);
            if (read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                return new RequestBody(BodyLimit.Refusal(limit));
            }
            if (read.IsCompleted)
                return new RequestBody(reader, read.Buffer);
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public void Release() => _reader?.AdvanceTo(Bytes.End);
}

/// <summary>How large a body may be. As metadata of a route: the limit of that route, whoever calls.</summary>
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
        new(ApiErrors.BodyTooLarge, $"The body is limited to {limit} bytes{(limit == OfViewers ? $", or {OfServers} with a server key" : "")}.");
}
