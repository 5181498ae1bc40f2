using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.History;

namespace Presence.Dashboard.Live;

/// <summary>Who on screen is in a room for the first time, and who came back. Read once for each viewer and room, all that are missing in one reading.</summary>
/// <remarks><b>Bound.</b> <see cref="Most"/> viewers; one more forgets all. <b>Threads.</b> The circuit's.</remarks>
internal sealed class RegularsQuery(IHistory history, ModeratorGuard guard)
{
    private const int Most = 2_000;

    private readonly Dictionary<string, RoomRegular?> _known = new(PresenceComparers.UserId);
    private string? _roomId;
    private int _ended;
    private bool _isReading;

    /// <summary>What is known of a viewer's earlier visits to the room, in words; null where nothing is to be said.</summary>
    public RegularMark? Of(string userId, LocalTime localTime, DateTimeOffset now) =>
        _known.TryGetValue(userId, out var regular) ? RegularMark.Of(regular, _ended, localTime, now) : null;

    /// <summary>Reads what is missing.</summary>
    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async Task LearnAsync(string roomId, IEnumerable<string> userIds)
    {
        if (!PresenceComparers.RoomId.Equals(roomId, _roomId))
        {
            _roomId = roomId;
            _known.Clear();
        }
        string[] missing = [.. userIds.Where(userId => !_known.ContainsKey(userId)).Distinct(PresenceComparers.UserId).Take(PresenceLimits.Page)];
        if (missing.Length == 0 || _isReading)
            return;
        _isReading = true;
        try
        {
            await guard.RequireAsync(ModeratorRole.Observer, roomId);
            var read = await history.ReadRegularsAsync(roomId, missing);
            if (!PresenceComparers.RoomId.Equals(roomId, _roomId))
                return;
            if (_known.Count + missing.Length > Most)
                _known.Clear();
            _ended = read.Ended;
            foreach (var userId in missing)
                _known[userId] = read.Known.GetValueOrDefault(userId);
        }
        finally
        {
            _isReading = false;
        }
    }
}

/// <summary>A viewer's earlier visits to a room in words.</summary>
/// <param name="Text">A word or two.</param>
/// <param name="Title">All of it.</param>
/// <param name="IsFirst">Whether there were none.</param>
public sealed record RegularMark(string Text, string Title, bool IsFirst)
{
    /// <param name="regular">What was read; null for no earlier visit.</param>
    /// <param name="ended">How many broadcasts were looked at: without one, nobody is called new.</param>
    /// <param name="localTime">The moderator's clock.</param>
    /// <param name="now">Now.</param>
    internal static RegularMark? Of(RoomRegular? regular, int ended, LocalTime localTime, DateTimeOffset now) => regular switch
    {
        null => ended == 0 ? null : new RegularMark(RoomTexts.FirstTime, RoomTexts.FirstTimeIs, IsFirst: true),
        { LastAt: { } last } => new RegularMark(RoomTexts.Returning, Sentence.With(regular.Attended == 1 ? RoomTexts.ReturningOne : RoomTexts.ReturningIs, Numbers.Count(regular.Attended), Numbers.Count(ended), localTime.Date(last, now)), IsFirst: false),
        _ => new RegularMark(RoomTexts.Returning, RoomTexts.ReturningBefore, IsFirst: false),
    };
}
