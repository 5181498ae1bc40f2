namespace Presence.Engine.Storage;

/// <summary>One copy of the database.</summary>
/// <param name="Path">Where it is, as a full path.</param>
/// <param name="Bytes">How large.</param>
/// <param name="TakenAt">When it was taken, by its name.</param>
public sealed record BackupFile(string Path, long Bytes, DateTimeOffset TakenAt);
