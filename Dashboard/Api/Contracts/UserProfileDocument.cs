using System.Text.Json.Nodes;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>A user, as its administration sees it.</summary>
/// <param name="UserId">The id your app gave it.</param>
/// <param name="DisplayName">The name shown instead of the id.</param>
/// <param name="AvatarUrl">A picture.</param>
/// <param name="Metadata">Your own object.</param>
/// <param name="Guest">Without an account.</param>
/// <param name="Vouched">Your backend vouched for it once: it cannot log in without proof any more.</param>
/// <param name="Version">Rises with every change.</param>
/// <param name="CreatedAt">When it was first heard of.</param>
/// <param name="UpdatedAt">When anything here last changed.</param>
/// <example>
/// {"userId":"anna","displayName":"Anna","avatarUrl":"https://example.com/anna.png","metadata":{"level":3},"guest":false,"vouched":true,"version":2,
/// "createdAt":"2026-11-21T20:00:00.000Z","updatedAt":"2026-11-21T22:40:00.000Z"}
/// </example>
internal sealed record UserProfileDocument(
    string UserId,
    string? DisplayName,
    string? AvatarUrl,
    JsonObject Metadata,
    bool Guest,
    bool Vouched,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);
