using System.Globalization;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;
using Presence.Engine.Users;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>A room's changes as server-sent events.</summary>
internal sealed class RoomStreamReply(EventStream stream, IPresence presence, ProfileLookups profiles, TimeProvider time, long? since, bool includeViewers)
    : EventStreamReply(stream, time)
{
    private readonly RoomFeed _feed = (RoomFeed)stream.Feeds[0];
    private readonly List<Change> _changes = [];
    private readonly InvitationNews _invitations = new(stream, presence, time);
    private StreamPosition _position;

    /// <summary>Joins are sent with their names.</summary>
    private protected override ValueTask SettleAsync(CancellationToken cancellationToken) => profiles.SettleAsync(cancellationToken);

    private protected override async ValueTask WriteBeginningAsync(CancellationToken cancellationToken)
    {
        await _feed.FollowAsync(cancellationToken);
        await _feed.RefreshAsync(cancellationToken); // an unfollowed feed is out of date
        if (since is { } id && _feed.TryResume(id, out _position))
        {
            await WriteNewsAsync(cancellationToken);
            return;
        }
        if (since is not null)
            WriteGap();
        await WriteSnapshotAsync(cancellationToken);
        WriteInvitations(_invitations);
    }

    private protected override async ValueTask<bool> WriteNewsAsync(CancellationToken cancellationToken)
    {
        _changes.Clear();
        var news = _feed.Read(ref _position, _changes);
        if (news.IsGap)
        {
            WriteGap();
            await WriteSnapshotAsync(cancellationToken);
            WriteInvitations(_invitations);
            return true;
        }
        string[] joined = [.. _changes.Where(change => change.Kind == ChangeKind.Joined).Select(change => change.UserId)];
        var shown = joined.Length == 0 ? [] : await presence.ReadProfilesAsync(joined, cancellationToken);
        var next = 0;
        var untold = news.Count;
        foreach (var change in _changes)
        {
            if (untold is { } before && before.Sequence < change.Sequence)
            {
                Write(before, news.IsCrowd);
                untold = null;
            }
            Write(change, change.Kind == ChangeKind.Joined ? shown[next++] : null);
        }
        if (untold is { } count)
            Write(count, news.IsCrowd);
        return WriteInvitations(_invitations) || _changes.Count > 0 || news.Count is not null;
    }

    private void WriteGap() => Write("gap", id: null, new StreamGap(RoomId: null), ApiJson.Documents.StreamGap);

    private async ValueTask WriteSnapshotAsync(CancellationToken cancellationToken)
    {
        _position = _feed.Begin(out var isCrowd);
        var roomId = _feed.RoomId;
        IReadOnlyList<ViewerDocument>? viewers = null;
        RoomCount count;
        if (includeViewers)
        {
            var page = await presence.ReadViewersAsync(roomId, new ViewerQuery { Sort = ViewerSort.LastJoinedFirst, Limit = presence.Current.Settings.ListLimit }, cancellationToken);
            viewers = [.. page.Viewers.Select(RoomPresenceEndpoints.Describe)];
            count = page.Count;
        }
        else
        {
            count = await presence.CountAsync(roomId, cancellationToken);
        }
        _position = _position with { Sequence = count.Sequence };
        Write("snapshot", IdOf(count.Sequence), Describe(count, isCrowd || count.Viewers > presence.Current.Limits.Crowd, viewers), ApiJson.Documents.StreamCount);
    }

    private StreamCount Describe(in RoomCount count, bool isCrowd, IReadOnlyList<ViewerDocument>? viewers = null) => new(
        RoomId: null, count.Viewers, count.Sessions, count.Guests, count.Hidden, count.Fading, isCrowd ? "counts" : "changes", count.At, RoomPresenceEndpoints.OnlyTrue(presence.Current.IsWarming), viewers)
    { HandsRaised = count.Hands > 0 ? count.Hands : null, Unlisted = count.Unlisted > 0 ? count.Unlisted : null, Unverified = count.Unverified > 0 ? count.Unverified : null };

    private void Write(in RoomCount count, bool isCrowd) =>
        Write("count", IdOf(Math.Min(count.Sequence, _position.Sequence)), Describe(count, isCrowd), ApiJson.Documents.StreamCount);

    private void Write(in Change change, UserProfile? profile)
    {
        if (change.Kind == ChangeKind.Joined)
        {
            Write("joined", IdOf(change.Sequence), new StreamJoin(change.UserId, profile?.DisplayName, profile?.AvatarUrl, change.IsGuest, change.At, change.Viewers), ApiJson.Documents.StreamJoin);
        }
        else
        {
            Write("left", IdOf(change.Sequence), new StreamLeave(change.UserId, change.IsGuest, Word(change.Reason), change.At, change.Viewers), ApiJson.Documents.StreamLeave);
        }
    }

    private static string IdOf(long sequence) => sequence.ToString(CultureInfo.InvariantCulture);

    private static string Word(LeaveReason reason) => reason switch
    {
        LeaveReason.Timeout => "timeout",
        LeaveReason.Disabled => "disabled",
        LeaveReason.Removed => "removed",
        LeaveReason.Ended => "ended",
        _ => "left",
    };
}
