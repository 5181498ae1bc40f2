using Presence.Engine.Rooms;

namespace Presence.Engine.Tests.Contracts;

internal sealed record NaiveViewer(string User, bool IsGuest, TimeSpan JoinedAt, TimeSpan LastHeartbeat, ViewerState State, bool IsFading, int Sessions);
