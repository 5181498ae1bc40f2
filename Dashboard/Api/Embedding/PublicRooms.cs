using System.Runtime.CompilerServices;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api.Embedding;

/// <summary>The rooms that have a public link, by its code.</summary>
/// <remarks><b>Bound.</b> One reading for each link in force: it goes with its link.</remarks>
internal sealed class PublicRooms(PublicLinkStore links, PresenceEngine engine, TimeProvider time)
{
    private readonly ConditionalWeakTable<PublicLink, PublicRoom> _rooms = [];

    /// <summary>What a link shows now; null for one that leads nowhere, for whatever reason.</summary>
    public PublicRoomReading? Read(string code) =>
        links.Find(code) is { } link ? _rooms.GetValue(link, static link => new PublicRoom(link)).Read(engine, time) : null;
}
