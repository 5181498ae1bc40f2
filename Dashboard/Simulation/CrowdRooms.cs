using System.Globalization;

namespace Presence.Dashboard.Simulation;

/// <summary>The rooms of a simulation: a few large and many small, as audiences are.</summary>
internal sealed class CrowdRooms
{
    private readonly double[] _upTo;

    public CrowdRooms(int count)
    {
        Ids = [.. Enumerable.Range(1, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"simulated-{number:000}"))];
        _upTo = new double[count];
        var sum = 0.0;
        for (var room = 0; room < count; room++)
            _upTo[room] = sum += 1 / Math.Sqrt(room + 1);
    }

    public IReadOnlyList<string> Ids { get; }

    /// <summary>The room somebody goes to.</summary>
    /// <param name="chance">0 up to, not including, 1.</param>
    public int Choose(double chance)
    {
        var found = Array.BinarySearch(_upTo, chance * _upTo[^1]);
        return Math.Min(found < 0 ? ~found : found, _upTo.Length - 1);
    }
}
