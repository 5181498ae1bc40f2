namespace Presence.Engine.Storage;

/// <summary>Rows of small numbers as bytes: of each row its length and its numbers, seven bits a byte, the lowest first.</summary>
internal static class SampleBytes
{
    /// <summary>No row is longer: what is longer was not written by <see cref="Write"/>.</summary>
    private const int LongestRow = 240;

    public static byte[] Write(params ReadOnlySpan<IReadOnlyList<int>> rows)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        foreach (var row in rows)
        {
            writer.Write7BitEncodedInt(row.Count);
            foreach (var number in row)
                writer.Write7BitEncodedInt(number);
        }
        return bytes.ToArray();
    }

    /// <summary>The rows; null when the bytes are not as many whole rows.</summary>
    public static int[][]? Read(byte[] bytes, int count)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        try
        {
            var rows = new int[count][];
            for (var number = 0; number < count; number++)
            {
                var length = reader.Read7BitEncodedInt();
                if (length is < 0 or > LongestRow)
                    return null;
                rows[number] = new int[length];
                for (var place = 0; place < length; place++)
                    rows[number][place] = reader.Read7BitEncodedInt();
            }
            return rows;
        }
        catch (Exception exception) when (exception is EndOfStreamException or FormatException)
        {
            return null;
        }
    }
}
