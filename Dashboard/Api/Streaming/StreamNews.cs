using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>What a stream has to tell next.</summary>
/// <param name="IsGap">Changes were missed: read the state again. The other members say nothing then.</param>
/// <param name="IsCrowd">Single changes are not told at the moment.</param>
/// <param name="Count">The counts, when others than before.</param>
internal readonly record struct StreamNews(bool IsGap, bool IsCrowd, RoomCount? Count);
