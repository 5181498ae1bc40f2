using System.Runtime.CompilerServices;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Pictures;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api.Embedding;

/// <summary>The rooms that have a public link, by its code.</summary>
/// <remarks><b>Bound.</b> One reading for each link in force: it goes with its link.</remarks>
internal sealed class PublicRooms(PublicLinkStore links, IPresence presence, UserPictures pictures, TimeProvider time)
{
    private readonly ConditionalWeakTable<PublicLink, PublicRoom> _rooms = [];

    /// <summary>What a link shows now; null for one that leads nowhere, for whatever reason.</summary>
    public async ValueTask<PublicRoomViewModel?> ReadAsync(string code) =>
        links.Find(code) is { } link ? await _rooms.GetValue(link, link => new PublicRoom(link, presence, pictures, time)).ReadAsync() : null;
}

/// <summary>A room as its public link shows it: read at most once a second, however many ask.</summary>
internal sealed class PublicRoom(PublicLink link, IPresence presence, UserPictures pictures, TimeProvider time)
{
    private const int MostFaces = 12;

    /// <summary>Guests and users without a name are passed over, so more are looked at than shown.</summary>
    private const int LookedAt = 50;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private readonly SharedReading<PublicRoomViewModel> _reading = new(time);

    public Task<PublicRoomViewModel> ReadAsync() => _reading.ReadAsync(Lifetime, _ => ReadNowAsync());

    private async Task<PublicRoomViewModel> ReadNowAsync() => link.ShowsNames ? await ReadFacesAsync() : Describe(await presence.CountAsync(link.RoomId), faces: null);

    private async ValueTask<PublicRoomViewModel> ReadFacesAsync()
    {
        var page = await presence.ReadViewersAsync(link.RoomId, new ViewerQuery { Sort = ViewerSort.LastJoinedFirst, Limit = LookedAt });
        var faces = from viewer in page.Viewers
                    let name = VisibleText.NameOf(viewer.Profile?.DisplayName)
                    where name is not null
                    select new PublicFace(name, viewer.Profile?.AvatarUrl);
        return Describe(page.Count, [.. faces.Take(MostFaces).Select(face => face with { Picture = pictures.KeyOf(face.Picture) })]);
    }

    private PublicRoomViewModel Describe(in RoomCount count, IReadOnlyList<PublicFace>? faces) => new(link.RoomId, count.Viewers, count.At, faces);
}

/// <summary>What a public link tells of its room at one moment.</summary>
/// <param name="RoomId">The room; for the server alone.</param>
/// <param name="Count">The count.</param>
/// <param name="At">The moment.</param>
/// <param name="Faces">Some who watch, the last to join first; null unless the link shows names.</param>
internal sealed record PublicRoomViewModel(string RoomId, int Count, DateTimeOffset At, IReadOnlyList<PublicFace>? Faces);

/// <summary>One who watches, as strangers see it.</summary>
/// <param name="Name">As it may be shown.</param>
/// <param name="Picture">The key of its picture; null for none.</param>
internal sealed record PublicFace(string Name, string? Picture);
