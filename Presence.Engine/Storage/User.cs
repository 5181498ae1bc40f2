using Presence.Engine.Users;

namespace Presence.Engine.Storage;

/// <summary>A user or guest that has signed in.</summary>
/// <param name="UserId">The id the app gave it, 1..50 characters.</param>
/// <param name="InternalId">Ours, 24 hexadecimal digits; never changes.</param>
/// <param name="PublicId">Ours, 24 hexadecimal digits; never changes and may be shown to other users.</param>
/// <param name="DisplayName">Up to 100 characters, or null.</param>
/// <param name="AvatarUrl">A picture, or null.</param>
/// <param name="MetadataJson">The app's own object, as JSON; <c>{}</c> when it has none.</param>
/// <param name="IsGuest">Without an account.</param>
/// <param name="IsVouched">The app's backend vouched for it once: from then on it may not sign in unverified.</param>
/// <param name="CreatedAt">The first sign-in.</param>
/// <param name="UpdatedAt">When anything here last changed.</param>
public sealed record User(
    string UserId,
    string InternalId,
    string PublicId,
    string? DisplayName,
    string? AvatarUrl,
    string MetadataJson,
    bool IsGuest,
    bool IsVouched,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>Rises by one whenever anything here changes; what a later change names.</summary>
    public int Version { get; init; } = 1;

    /// <summary>When name and picture were last said; the default where nobody knows.</summary>
    public DateTimeOffset ProfileSaidAt { get; init; }

    /// <summary>How the user is shown.</summary>
    public UserProfile Profile => new(DisplayName, AvatarUrl) { SaidAt = ProfileSaidAt };
}
