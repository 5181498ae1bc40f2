namespace Presence.Client;

/// <summary>Spreads crowds out; decides nothing that must not be guessed.</summary>
internal static class Chance
{
#if NET
    public static double Next() => Random.Shared.NextDouble();
#else
    private static readonly Lock Gate = new();
    private static readonly Random Source = new();

    public static double Next()
    {
        lock (Gate)
            return Source.NextDouble();
    }
#endif
}
