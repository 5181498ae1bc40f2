using System.Text.Json.Serialization.Metadata;

namespace Presence.Dashboard.Api;

internal static class Reply
{
    public const string Json = "application/json; charset=utf-8";

    public static IResult Ok<T>(T value, JsonTypeInfo<T> type, string? etag = null) => new Reply<T>(value, type, StatusCodes.Status200OK) { ETag = etag };

    public static IResult Created<T>(T value, JsonTypeInfo<T> type, string location) => new Reply<T>(value, type, StatusCodes.Status201Created) { Location = location };

    public static IResult Accepted<T>(T value, JsonTypeInfo<T> type) => new Reply<T>(value, type, StatusCodes.Status202Accepted);
}
