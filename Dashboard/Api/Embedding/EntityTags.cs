using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Presence.Dashboard.Api.Embedding;

/// <summary>Names a body by what is in it.</summary>
internal static class EntityTags
{
    public static string HashOf(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 8));

    public static EntityTagHeaderValue Of(ReadOnlySpan<byte> body) => new($"\"{HashOf(body)}\"");
}
