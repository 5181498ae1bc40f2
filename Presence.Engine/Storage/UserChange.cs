namespace Presence.Engine.Storage;

/// <summary>What the app's backend says of a user, all of it.</summary>
/// <param name="DisplayName">Up to 100 characters; null shows the id.</param>
/// <param name="AvatarUrl">A picture; null shows initials.</param>
/// <param name="MetadataJson">The app's own object, as JSON.</param>
public sealed record UserChange(string? DisplayName, string? AvatarUrl, string MetadataJson);
