namespace Presence.Engine.Rooms;

/// <summary>A room's counts, kept as viewers come, change and go, so that reading them is O(1).</summary>
internal record struct RoomCounters
{
    public int Viewers;
    public int Guests;
    public int Hidden;
    public int Fading;
    public int Unlisted;
    public int Band;

    public void Add(bool isGuest, ViewerStatus mark)
    {
        Viewers++;
        Guests += isGuest ? 1 : 0;
        Count(mark, 1);
    }

    public void Remove(bool isGuest, ViewerStatus mark)
    {
        Viewers--;
        Guests -= isGuest ? 1 : 0;
        Count(mark, -1);
    }

    public void Change(ViewerStatus before, ViewerStatus after)
    {
        Count(before, -1);
        Count(after, 1);
    }

    private void Count(ViewerStatus mark, int by)
    {
        if (mark.State == ViewerState.Hidden)
            Hidden += by;
        if (mark.IsFading)
            Fading += by;
        if (mark.IsUnlisted)
            Unlisted += by;
        if (mark.IsInBand)
            Band += by;
    }
}
