namespace Presence.Dashboard.Api.Streaming;

/// <summary>How far one stream has told what happened in its room.</summary>
/// <param name="Sequence">The last change told, singly or as part of a count.</param>
/// <param name="Epoch">The unbroken line of changes it belongs to; another one is a gap.</param>
/// <param name="Counts">The version of the last counts told.</param>
internal readonly record struct StreamPosition(long Sequence, int Epoch, long Counts);
