namespace Presence.Client.Http;

/// <summary>What every refusal of the server looks like.</summary>
internal sealed class ErrorAnswer
{
    public int? Code { get; init; }
    public string? Message { get; init; }
    public Particulars? Data { get; init; }

    internal sealed class Particulars
    {
        public DateTimeOffset? Until { get; init; }
        public string? Reason { get; init; }
        public List<string>? RoomIds { get; init; }
    }
}
