namespace Presence.Dashboard.Tests.Support;

/// <summary>Waits for what another thread does in its own time; patient, since a slow machine is no fault.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(20);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? patience = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var pause = TimeSpan.FromMilliseconds(1); !await condition(); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < (patience ?? Patience), $"Not in time: {what}");
            await Task.Delay(pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? patience = null) => TrueAsync(() => Task.FromResult(condition()), what, patience);
}
