using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

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
            ? new JsonBody<T>(new ApiRefusal(ApiErrors.Unreadable, "The body is empty; send a JSON object with content type application/json."))
            : body;
    }

    /// <summary>Reads a body that may be left out; its value is null then.</summary>
    public static async ValueTask<JsonBody<T>> ReadOptionalAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        if (IsEmpty(http))
            return default;

        var body = await RequestText.ReadAsync(http, BodyLimit.Of(http, http.Features.Get<Authentication.ClientPrincipal>()));
        if (body.Refusal is { } refusal)
            return new(refusal);
        try
        {
            if (body.Bytes.IsEmpty)
                return default;
            return IsJson(http.Request.ContentType)
                ? Parse(body.Bytes, type)
                : new(new ApiRefusal(ApiErrors.WrongMediaType, "The content type must be application/json.", Shown(http.Request.ContentType)));
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
            return value is null ? new(ApiRefusal.Invalid("The body must be a JSON object; it is null.")) : new(value);
        }
        catch (JsonException exception)
        {
            return new(Explain(exception));
        }
    }

    /// <summary>Broken syntax is unreadable; a document that does not fit was read and breaks a rule.</summary>
    private static ApiRefusal Explain(JsonException exception)
    {
        if (exception.InnerException is JsonException || exception.Path is null)
        {
            return new ApiRefusal(
                ApiErrors.Unreadable,
                "The body is not valid JSON.",
                $"line {exception.LineNumber.GetValueOrDefault() + 1}, byte {exception.BytePositionInLine.GetValueOrDefault() + 1}");
        }
        var field = exception.Path.TrimStart('$').TrimStart('.');
        return field.Length == 0
            ? ApiRefusal.Invalid("The body must be a JSON object.")
            : ApiRefusal.Invalid(field, "has a value of the wrong kind, or stands there twice; docs/http-api.md says what it takes.");
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));

    private static string Shown(string? contentType) => contentType is null ? "it is missing" : $"it is {contentType[..Math.Min(contentType.Length, 100)]}";
}
