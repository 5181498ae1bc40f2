using System.Security.Cryptography;
using System.Text;
using Presence.Engine.Rooms;

namespace Presence.Engine.Stage;

/// <summary>A fair draw among a room's viewers: the seed is fixed, and its hash told, before it is known who takes part.</summary>
/// <param name="Id">Names it.</param>
/// <param name="RoomId">The room.</param>
/// <param name="SeedHash">SHA-256 of <see cref="Seed"/>, told before the draw.</param>
/// <param name="Winners">How many are drawn, at most.</param>
/// <param name="Filter">Who takes part.</param>
/// <param name="PreparedAt">When the seed was fixed.</param>
/// <param name="PreparedBy">Who prepared it.</param>
public sealed record FairDraw(string Id, string RoomId, string SeedHash, int Winners, DrawFilter Filter, DateTimeOffset PreparedAt, string PreparedBy)
{
    /// <summary>When it was drawn; null before.</summary>
    public DateTimeOffset? DrawnAt { get; init; }

    /// <summary>The seed; null before the draw.</summary>
    public string? Seed { get; init; }

    /// <summary>SHA-256 of the candidates, each followed by a line feed; null before the draw.</summary>
    public string? CandidatesHash { get; init; }

    /// <summary>How many took part; 0 before the draw.</summary>
    public int CandidateCount { get; init; }

    /// <summary>Who took part, in the order of their UTF-8 bytes; empty before the draw, and in lists.</summary>
    public IReadOnlyList<string> Candidates { get; init; } = [];

    /// <summary>Who was drawn, in the order of drawing; empty before the draw.</summary>
    public IReadOnlyList<string> Drawn { get; init; } = [];

    /// <summary>How many of those who took part were erased since. Their ids are in neither list, and the hash no longer matches.</summary>
    public int Erased { get; init; }
}

/// <summary>Who takes part in a draw.</summary>
/// <param name="PresentForMinutes">Only viewers present for longer; 0 for all.</param>
/// <param name="State">Only viewers in this state; null for all.</param>
/// <param name="IsGuest">Only viewers without an account, or only those with one; null for both.</param>
/// <param name="IsHandRaised">Only viewers with a raised hand, or only those without; null for both.</param>
/// <param name="Search">Only viewers whose id or name contains it; null for all.</param>
/// <param name="Device">Only viewers one of whose devices contains it; null for all.</param>
public sealed record DrawFilter(int PresentForMinutes = 0, ViewerState? State = null, bool? IsGuest = null, bool? IsHandRaised = null, string? Search = null, string? Device = null)
{
    /// <summary>The same in the words of a list.</summary>
    public ViewerQuery ToQuery() => new()
    {
        Sort = ViewerSort.FirstJoinedFirst,
        LongerThan = PresentForMinutes > 0 ? TimeSpan.FromMinutes(PresentForMinutes) : null,
        State = State,
        IsGuest = IsGuest,
        IsHandRaised = IsHandRaised,
        Search = Search,
        Device = Device,
    };
}

/// <summary>How a draw is decided. Pure, and simple enough for anybody to do again.</summary>
public static class DrawRules
{
    /// <summary>The most that can be drawn.</summary>
    public const int MostWinners = 100;

    /// <summary>The most that can take part.</summary>
    public const int MostCandidates = 50_000;

    /// <summary>A week.</summary>
    public const int MostMinutes = 7 * 24 * 60;

    /// <summary>The algorithm in words, as every draw says it.</summary>
    public const string Algorithm =
        "For each candidate, take SHA-256 of the UTF-8 text: seed, line feed, id. Sort the candidates by it, as lowercase hexadecimal text. The first ones win.";

    /// <summary>Who wins, in the order of drawing.</summary>
    public static IReadOnlyList<string> Draw(string seed, IEnumerable<string> candidates, int winners) =>
        [.. candidates.OrderBy(id => Hash($"{seed}\n{id}"), StringComparer.Ordinal).Take(winners)];

    /// <summary>Candidates in the order that the hash is taken of.</summary>
    public static IReadOnlyList<string> InOrder(IEnumerable<string> candidates) =>
        [.. candidates.OrderBy(id => Convert.ToHexString(Encoding.UTF8.GetBytes(id)), StringComparer.Ordinal)];

    /// <summary>The hash of candidates in their order.</summary>
    public static string HashOf(IReadOnlyList<string> candidates) => Hash(string.Concat(candidates.Select(id => id + "\n")));

    /// <summary>SHA-256 of a text, as lowercase hexadecimal text.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
