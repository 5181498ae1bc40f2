using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Net.Http.Headers;
using Presence.Dashboard.Api.Embedding;

namespace Presence.Dashboard.Api;

internal static class Reply
{
    public const string Json = "application/json; charset=utf-8";

    public static IResult Ok<T>(T value, JsonTypeInfo<T> type, string? etag = null) => new Reply<T>(value, type, StatusCodes.Status200OK) { ETag = etag };

    /// <summary>A count or a list: whoever sends back its tag is told that it has it already, as long as nothing but the time has changed.</summary>
    public static IResult Tagged<T>(T value, JsonTypeInfo<T> type) => new Reply<T>(value, type, StatusCodes.Status200OK) { IsTagged = true };

    public static IResult Created<T>(T value, JsonTypeInfo<T> type, string location) => new Reply<T>(value, type, StatusCodes.Status201Created) { Location = location };

    public static IResult Accepted<T>(T value, JsonTypeInfo<T> type) => new Reply<T>(value, type, StatusCodes.Status202Accepted);
}

/// <summary>A document of one moment. Its tag does not change with the moment alone.</summary>
internal interface IOfAMoment
{
    DateTimeOffset ReferenceTimestamp { get; }
}

/// <summary>A JSON document as an answer. Never cached: presence is true of one moment, and names people.</summary>
internal sealed class Reply<T>(T value, JsonTypeInfo<T> type, int status) : IResult
{
    /// <summary>Of the member, its name and its value with their marks.</summary>
    private const int MomentLength = 47;

    public string? ETag { get; init; }

    public string? Location { get; init; }

    /// <summary>Whether its tag is made of what it says. A weak one, because documents with the same tag may differ in the moment they are of.</summary>
    public bool IsTagged { get; init; }

    public async Task ExecuteAsync(HttpContext http)
    {
        var response = http.Response;
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        var etag = IsTagged ? TagOf(body) : ETag;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (etag is not null)
        {
            response.Headers.ETag = etag;
            if (IsKnown(http.Request, etag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }
        response.ContentType = Reply.Json;
        response.ContentLength = body.Length;
        if (Location is not null)
            response.Headers.Location = http.Request.PathBase.ToUriComponent() + Location;
        await response.Body.WriteAsync(body, http.RequestAborted);
    }

    private string TagOf(byte[] body)
    {
        if (value is not IOfAMoment)
            return Weak(body);
        // The last one is the document's own: what viewers and metadata say stands before it.
        var moment = body.AsSpan().LastIndexOf("\"referenceTime"u8);
        return Weak([.. body.AsSpan(0, moment), .. body.AsSpan(moment + MomentLength)]);

        static string Weak(ReadOnlySpan<byte> said) => $"W/\"{EntityTags.HashOf(said)}\"";
    }

    private static bool IsKnown(HttpRequest request, string etag) =>
        request.Headers.IfNoneMatch.Count > 0
        && HttpMethods.IsGet(request.Method)
        && EntityTagHeaderValue.TryParse(etag, out var ours)
        && request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(ours, useStrongComparison: false));
}
