using Presence.Engine.History;
using Presence.Engine.Storage;
using static Presence.Engine.Tests.History.HistoryFolder;

namespace Presence.Engine.Tests.History;

public sealed class HistoryVolumeTests
{
    [Fact]
    public async Task ReadVolumeAsync_OfHalfADay_CountsVisitsAndScalesTheDay()
    {
        await using var folder = await OpenAsync();
        folder.Time.SetUtcNow(Eight.AddHours(12));
        await folder.WriteAsync(Visit("ada", 0, 10), Visit("ada", 20, 30), Visit("ben", 0, 10, room: "stage"));
        await folder.Minutes.SaveAsync(
            [.. new[] { null, "lobby", "stage" }.SelectMany(room => Enumerable.Range(0, 30).Select(minute => new RoomMinute(room, Eight.AddMinutes(minute)) { Peak = 1, Leaves = new LeaveCounts(1, 0, 0, 0, 0) }))],
            Cancel);
        using var settings = new HistorySettingsStore(folder.Database);
        var history = new HistoryQueries(folder.Database, settings, _ => [], _ => new());

        var volume = await history.ReadVolumeAsync(Cancel);

        Assert.Equal((3, TimeSpan.FromHours(12)), (volume.Visits, volume.Recorded));
        Assert.Equal((120, 180, 12), (volume.VisitsADay, volume.MinutesADay, volume.QuartersADay));
        Assert.Equal((120 * 70) + (192 * 40), volume.BytesADay);
        Assert.Equal((3 * 70) + (192 * 40 / 2), volume.KeptBytes(HistorySettings.Default));
        Assert.Equal((90 * 120 * 70) + (30 * 180 * 40) + (730 * 12 * 40), volume.FullBytes(HistorySettings.Default));
        Assert.InRange(volume.DatabaseBytes, 50_000, 5_000_000);
    }

    [Fact]
    public async Task ReadVolumeAsync_OfNothing_IsNotMeasured()
    {
        await using var folder = await OpenAsync();
        using var settings = new HistorySettingsStore(folder.Database);

        var volume = await new HistoryQueries(folder.Database, settings, _ => [], _ => new()).ReadVolumeAsync(Cancel);

        Assert.False(volume.IsMeasured);
        Assert.Equal((0, 0), (volume.KeptBytes(HistorySettings.Default), volume.BytesADay));
    }
}
