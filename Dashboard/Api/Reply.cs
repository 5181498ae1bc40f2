using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Presence.Dashboard.Api;

internal static class Reply
{
    public const string Json = "application/json; charset=utf-8";

    public static IResult Ok<T>(T value, JsonTypeInfo<T> type, string? etag = null) => new Reply<T>(value, type, StatusCodes.Status200OK) { ETag = etag };

    public static IResult Created<T>(T value, JsonTypeInfo<T> type, string location) => new Reply<T>(value, type, StatusCodes.Status201Created) { Location = location };

    public static IResult Accepted<T>(T value, JsonTypeInfo<T> type) => new Reply<T>(value, type, StatusCodes.Status202Accepted);
}

/// <summary>A JSON document as an answer. Never cached: presence is true of one moment.</summary>
internal sealed class Reply<T>(T value, JsonTypeInfo<T> type, int status) : IResult
{
    public string? ETag { get; init; }

    public string? Location { get; init; }

    public async Task ExecuteAsync(HttpContext http)
    {
        var response = http.Response;
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        response.StatusCode = status;
        response.ContentType = Reply.Json;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (ETag is not null)
            response.Headers.ETag = ETag;
        if (Location is not null)
            response.Headers.Location = http.Request.PathBase.ToUriComponent() + Location;
        await response.Body.WriteAsync(body, http.RequestAborted);
    }
}
