using System.Collections.Frozen;

namespace Presence.Engine.Rooms;

/// <summary>Some of all rooms: named one by one, and by what their ids begin with. A value: equal when it was written the same.</summary>
public sealed class RoomSet : IEquatable<RoomSet>
{
    /// <summary>The most names in one set.</summary>
    public const int Most = 50;

    private const char Any = '*';

    private readonly FrozenSet<string> _ids;
    private readonly string[] _prefixes;

    private RoomSet(string[] names)
    {
        Names = names;
        _ids = names.Where(name => !IsPrefix(name)).ToFrozenSet(PresenceComparers.RoomId);
        _prefixes = [.. names.Where(IsPrefix).Select(name => name[..^1])];
    }

    /// <summary>As written, in order: ids, and beginnings of ids with <c>*</c> behind them.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The rooms named whole.</summary>
    public IReadOnlyCollection<string> Ids => _ids;

    /// <summary>What the ids of the others begin with.</summary>
    public IReadOnlyList<string> Prefixes => _prefixes;

    /// <summary>The set of these names, each counted once.</summary>
    /// <exception cref="ArgumentException">Against the rules of <see cref="ProblemOf"/>.</exception>
    public static RoomSet Of(params IEnumerable<string> names)
    {
        string[] ordered = [.. names.Select(name => name.Trim()).Distinct(PresenceComparers.RoomId).Order(PresenceComparers.RoomId)];
        return ProblemOf(ordered) is { } problem ? throw new ArgumentException(problem, nameof(names)) : new RoomSet(ordered);
    }

    /// <summary>What is wrong with names; null when they may be used.</summary>
    public static string? ProblemOf(IReadOnlyCollection<string> names)
    {
        if (names.Count is 0 or > Most)
            return $"Name 1 to {Most} rooms or prefixes, not {names.Count}.";
        foreach (var name in names)
        {
            var problem = IsPrefix(name) ? PresenceIds.ProblemOfRoomPrefix(name.AsSpan(0, name.Length - 1)) : PresenceIds.ProblemOfRoomId(name);
            if (name is "*")
                problem = "* alone would be every room. Write what the rooms' ids begin with before it.";
            if (problem is not null)
                return $"\"{name}\": {problem}";
        }
        return null;
    }

    /// <summary>The set that <see cref="ToString"/> wrote; null for no text.</summary>
    public static RoomSet? Read(string? text) => text is null ? null : new RoomSet(text.Split('\n'));

    /// <summary>Whether a room is in it.</summary>
    public bool Contains(string roomId)
    {
        if (_ids.Contains(roomId))
            return true;
        foreach (var prefix in _prefixes)
        {
            if (roomId.StartsWith(prefix, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public bool Equals(RoomSet? other) => other is not null && Names.SequenceEqual(other.Names, PresenceComparers.RoomId);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RoomSet);

    /// <inheritdoc/>
    public override int GetHashCode() => PresenceComparers.RoomId.GetHashCode(ToString());

    /// <summary>The names, one a line: ids hold no control characters.</summary>
    public override string ToString() => string.Join('\n', Names);

    private static bool IsPrefix(string name) => name.EndsWith(Any);
}
