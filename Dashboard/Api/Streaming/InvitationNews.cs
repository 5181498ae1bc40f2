using Presence.Engine;
using Presence.Engine.Stage;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>What one stream has to tell its reader of invitations: those of the token's own user, in the rooms of the stream, and nobody else's.</summary>
internal sealed class InvitationNews(EventStream stream, IPresence presence, TimeProvider time)
{
    private readonly StageInvitation?[]? _told = stream.Caller.UserId.Length > 0 ? new StageInvitation?[stream.Feeds.Count] : null;

    /// <summary>What became of invitations since the last call: open ones, and the end of those that were told.</summary>
    public IEnumerable<InvitationDocument> Read()
    {
        for (var i = 0; i < _told?.Length; i++)
        {
            var invitation = presence.InvitationOf(stream.Feeds[i].RoomId, stream.Caller.UserId);
            var told = _told[i];
            _told[i] = invitation;
            if (invitation is not null && !ReferenceEquals(invitation, told) && (invitation.IsOpen || invitation.Id == told?.Id))
                yield return InvitationDocument.Of(invitation, time.GetUtcNow());
        }
    }
}
