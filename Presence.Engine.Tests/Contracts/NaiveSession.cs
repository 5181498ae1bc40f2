using Presence.Engine.Rooms;

namespace Presence.Engine.Tests.Contracts;

internal sealed record NaiveSession(string Room, string User, string Session)
{
    /// <summary>Counts up: of two silent for equally long the earlier one goes.</summary>
    public int Stay { get; init; }

    /// <summary>What it said when it came: what is stored of it.</summary>
    public ViewerState FirstState { get; init; }

    /// <summary>What the wall clock said of when its viewer came.</summary>
    public DateTimeOffset StoredJoinedAt { get; set; }

    /// <summary>How long the machine had slept until its viewer came.</summary>
    public TimeSpan SleptBefore { get; set; }

    public bool IsGuest { get; init; }
    public TimeSpan ViewerJoinedAt { get; set; }
    public TimeSpan HeartbeatAt { get; set; }
    public TimeSpan Deadline { get; set; }
    public TimeSpan Grace { get; set; }
    public ViewerState State { get; set; }
    public bool IsFading { get; set; }

    public bool Equals(NaiveSession? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
