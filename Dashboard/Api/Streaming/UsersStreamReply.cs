using System.Buffers.Text;
using System.Text;
using Presence.Dashboard.Api.Embedding;
using Presence.Engine;
using Presence.Engine.Users;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>Whether users are online, as server-sent events.</summary>
/// <remarks>
/// <para><b>Place.</b> An id holds what was told: of each user whether it was online. So a resumed stream misses nothing, whoever
/// restarted meanwhile, and there is no gap.</para>
/// <para><b>Cost.</b> One look at each user a second.</para>
/// </remarks>
internal sealed class UsersStreamReply(EventStream stream, IReadOnlyList<string> userIds, IPresence presence, TimeProvider time, UsersStreamId? since) : EventStreamReply(stream, time)
{
    private readonly string _callerId = stream.Caller.UserId;
    private readonly bool[] _told = new bool[userIds.Count];

    private protected override async ValueTask WriteBeginningAsync(CancellationToken cancellationToken)
    {
        if (since is { } id && id.IsOf(userIds))
        {
            id.CopyTo(_told);
            if (await WriteNewsAsync(cancellationToken))
                return; // a resumed stream gets its first event at once
        }
        var now = await ReadAsync(cancellationToken);
        for (var i = 0; i < _told.Length; i++)
            _told[i] = now.Users[i].Online;
        Write("snapshot", IdOf(), now, ApiJson.Documents.StreamUsers);
    }

    private protected override async ValueTask<bool> WriteNewsAsync(CancellationToken cancellationToken)
    {
        var now = await ReadAsync(cancellationToken);
        var hasTold = false;
        for (var i = 0; i < _told.Length; i++)
        {
            if (now.Users[i].Online == _told[i])
                continue;
            _told[i] = now.Users[i].Online;
            hasTold = true;
            Write("presence", IdOf(), now.Users[i], ApiJson.Documents.StreamUser);
        }
        return hasTold;
    }

    private async ValueTask<StreamUsers> ReadAsync(CancellationToken cancellationToken)
    {
        var online = (await presence.ReadOnlineAsync(userIds, cancellationToken)).ToDictionary(user => user.UserId, PresenceComparers.UserId);
        return new StreamUsers([.. userIds.Select(userId => online.GetValueOrDefault(userId) is { } user && IsShown(user) ? new StreamUser(userId, Online: true, user.LastHeartbeatAt) : new StreamUser(userId, Online: false, LastHeartbeat: null))]);
    }

    private bool IsShown(OnlineUser user) => !user.IsOptedOut || PresenceComparers.UserId.Equals(user.UserId, _callerId);

    private string IdOf() => UsersStreamId.Of(userIds, _told).ToString();
}

/// <summary>What a stream of users has told.</summary>
/// <param name="Users">Tells these users, in this order, from others; the same in every run.</param>
/// <param name="Online">A bit for each that was online.</param>
internal readonly record struct UsersStreamId(string Users, byte[] Online)
{
    public const int Longest = 40;

    public static UsersStreamId Of(IReadOnlyList<string> userIds, ReadOnlySpan<bool> told)
    {
        var online = new byte[(told.Length + 7) / 8];
        for (var i = 0; i < told.Length; i++)
            online[i / 8] |= (byte)((told[i] ? 1 : 0) << (i % 8));
        return new UsersStreamId(HashOf(userIds), online);
    }

    public static bool TryRead(string text, out UsersStreamId id)
    {
        id = default;
        if (text.Length > Longest || text.Split('.') is not [{ Length: > 0 } users, { Length: > 0 } bits] || !Base64Url.IsValid(bits))
            return false;
        id = new UsersStreamId(users, Base64Url.DecodeFromChars(bits));
        return true;
    }

    public bool IsOf(IReadOnlyList<string> userIds) => Users == HashOf(userIds) && Online.Length == (userIds.Count + 7) / 8;

    public void CopyTo(Span<bool> told)
    {
        for (var i = 0; i < told.Length; i++)
            told[i] = (Online[i / 8] >> (i % 8) & 1) != 0;
    }

    public override string ToString() => $"{Users}.{Base64Url.EncodeToString(Online)}";

    // A line each: no id has a line break.
    private static string HashOf(IReadOnlyList<string> userIds) => EntityTags.HashOf(Encoding.UTF8.GetBytes(string.Join('\n', userIds)));
}
