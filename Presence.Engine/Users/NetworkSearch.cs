using System.Globalization;
using System.Text;
using Presence.Engine.Rooms;

namespace Presence.Engine.Users;

/// <summary>A search of the whole network.</summary>
public sealed record NetworkSearch
{
    /// <summary>What ids, names and titles contain, whatever their case, accents or composition. At most <see cref="PresenceLimits.SearchLength"/> characters.</summary>
    public required string Text { get; init; }

    /// <summary>At most so many people, 1..<see cref="PresenceLimits.Page"/>.</summary>
    public int People { get; init; } = 8;

    /// <summary>At most so many rooms, 1..<see cref="PresenceLimits.Page"/>.</summary>
    public int Rooms { get; init; } = 8;

    /// <summary>Only rooms of this set, and who is in one of them; null for the whole network.</summary>
    public RoomSet? Within { get; init; }

    /// <summary>Where a shown text contains the search, whole characters as people see them; null where it doesn't.</summary>
    /// <remarks><b>Cost.</b> The length of the text: for the few that are shown.</remarks>
    public (int Start, int Length)? FindIn(string shown)
    {
        var wanted = Letters.Fold(Text);
        if (wanted.Length == 0)
            return null;
        var characters = StringInfo.ParseCombiningCharacters(shown);
        var folded = new StringBuilder();
        var owners = new List<int>(); // the index of the character that each folded letter comes from
        for (var i = 0; i < characters.Length; i++)
        {
            folded.Append(Letters.Fold(shown[characters[i]..EndOf(i)]));
            while (owners.Count < folded.Length)
                owners.Add(i);
        }
        var at = folded.ToString().IndexOf(wanted, StringComparison.Ordinal);
        if (at < 0)
            return null;
        var start = characters[owners[at]];
        return (start, EndOf(owners[at + wanted.Length - 1]) - start);

        int EndOf(int character) => character + 1 < characters.Length ? characters[character + 1] : shown.Length;
    }
}

/// <summary>The best of what a search of the network found: what begins with the text stands before what contains it.</summary>
/// <param name="People">People present in rooms, or online and listed.</param>
/// <param name="MatchingPeople">How many there are, listed or not.</param>
/// <param name="Rooms">Rooms, also empty ones that are remembered or defined.</param>
/// <param name="MatchingRooms">How many there are.</param>
public sealed record NetworkFindings(IReadOnlyList<FoundPerson> People, int MatchingPeople, IReadOnlyList<RoomSummary> Rooms, int MatchingRooms)
{
    /// <summary>Nothing.</summary>
    public static readonly NetworkFindings None = new([], 0, [], 0);
}

/// <summary>A user present in the network.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Profile">Name and picture; null where nothing is known.</param>
/// <param name="IsGuest">Without an account.</param>
/// <param name="Places">Their rooms, longest stay first. None for a user who is only online.</param>
public sealed record FoundPerson(string UserId, UserProfile? Profile, bool IsGuest, IReadOnlyList<FoundPlace> Places);

/// <summary>A room that a user is in.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Title">What the catalogue calls it; null shows the id.</param>
/// <param name="JoinedAt">Since when.</param>
public sealed record FoundPlace(string RoomId, string? Title, DateTimeOffset JoinedAt);

/// <summary>A present user as copied out of a stripe under its lock.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Shown">The profile, or the name that has it.</param>
/// <param name="IsGuest">Without an account.</param>
/// <param name="Rooms">In how many rooms.</param>
internal readonly record struct PresentRow(string UserId, object? Shown, bool IsGuest, int Rooms);

/// <summary>How well a text fits a search; the least is the best. Pure.</summary>
internal static class SearchRank
{
    public const int Whole = 0;
    public const int Start = 1;
    public const int Word = 2;
    public const int Within = 3;
    public const int None = int.MaxValue;

    /// <summary>How a text fits what <see cref="Letters.Fold"/> made of a search. Text of ASCII alone, nearly all ids, is compared as it is.</summary>
    public static int OfUnfolded(string text, string folded) =>
        Ascii.IsValid(text) ? Of(text, folded, StringComparison.OrdinalIgnoreCase) : Of(Letters.Fold(text), folded, StringComparison.Ordinal);

    /// <summary>The same, compared as is said: a text that is folded already by its characters, one of ASCII alone whatever its case.</summary>
    public static int Of(string text, string folded, StringComparison comparison)
    {
        var at = text.IndexOf(folded, comparison);
        if (at <= 0)
            return at < 0 ? None : text.Length == folded.Length ? Whole : Start;
        for (; at > 0; at = text.IndexOf(folded, at + 1, comparison))
        {
            if (!char.IsLetterOrDigit(text[at - 1]))
                return Word;
        }
        return Within;
    }
}

/// <summary>The best few of many, in order.</summary>
/// <param name="most">How many are kept.</param>
/// <param name="compare">The least is the best.</param>
internal sealed class BestOf<T>(int most, Comparison<T> compare)
{
    private readonly List<T> _best = new(most + 1);

    /// <summary>How many were offered.</summary>
    public int Offered { get; private set; }

    public IReadOnlyList<T> InOrder => _best;

    public void Offer(T candidate)
    {
        Offered++;
        if (_best.Count == most && compare(candidate, _best[^1]) >= 0)
            return;
        var at = _best.Count;
        while (at > 0 && compare(candidate, _best[at - 1]) < 0)
            at--;
        _best.Insert(at, candidate);
        if (_best.Count > most)
            _best.RemoveAt(most);
    }
}
