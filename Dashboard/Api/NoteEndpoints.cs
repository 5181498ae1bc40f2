using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Moderation;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Moderators' notes on users, and the watch list: the notes with a flag.</summary>
internal sealed class NoteEndpoints(ViewerNoteStore notes, TimeProvider time)
{
    private const string OfUser = "/api/v1/admin/users/{userId}/notes";
    private const string One = OfUser + "/{noteId}";
    private const int UserSegment = 4;

    private static readonly (string Word, ViewerFlag Flag)[] Flags = [("vip", ViewerFlag.Vip), ("trouble", ViewerFlag.Trouble), ("speaker", ViewerFlag.Speaker)];

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<NoteEndpoints>(api.ServiceProvider);
        // What moderators think of people is not for every key that reads.
        var policy = ApiPolicy.Server.With(ServerScopes.Moderation);
        api.MapGet(OfUser, endpoints.List).Allow(policy).WithName("listNotes").Produces<NotesReply>();
        api.MapPost(OfUser, endpoints.AddAsync).Allow(policy).WithName("addNote").Reads<NoteRequest>().Produces<NoteDocument>(StatusCodes.Status201Created)
            .AnswersHeader("Location", "Where the note is changed and deleted.").Refuses(ApiError.CapReached);
        api.MapPut(One, endpoints.ChangeAsync).Allow(policy).WithName("changeNote").Reads<NoteRequest>().Produces<NoteDocument>().Refuses(ApiError.NotFound, ApiError.CapReached);
        api.MapDelete(One, endpoints.DeleteAsync).Allow(policy).WithName("deleteNote").Produces(StatusCodes.Status204NoContent);
        api.MapGet("/api/v1/admin/watch-list", endpoints.ListWatched).Allow(policy).WithName("listWatched")
            .Takes(ApiParameter.OfWords("flag", "Only notes with this flag.", [.. Flags.Select(known => known.Word)], isOptional: true), ApiParameter.Limit, ApiParameter.Cursor(HistoryCursor.Longest))
            .Produces<NotesReply>();
    }

    /// <summary>The flag that a word of the wire names; null for none.</summary>
    public static ViewerFlag? FlagOf(string? word, string without) => word is null ? null : Array.Find(Flags, known => known.Word == word) is { Word: not null } flag
        ? flag.Flag
        : throw QueryReader.Refused($"flag must be one of {string.Join(", ", Flags.Select(known => known.Word))}. {without}");

    /// <summary>The word of the wire for a flag.</summary>
    public static string? WordOf(ViewerFlag? flag) => flag is null ? null : Flags.First(known => known.Flag == flag).Word;

    /// <summary>List the notes on a user</summary>
    /// <remarks>The latest first. Notes are for moderators: users and guests never get them. A user has at most 20, so there is one page.</remarks>
    /// <response code="200">The notes.</response>
    internal IResult List(HttpContext http, string userId)
    {
        userId = UserOf(http, userId);
        return Reply.Ok(new NotesReply([.. notes.Of(userId).Select(Describe)], null), ApiJson.Documents.NotesReply);
    }

    /// <summary>Add a note on a user</summary>
    /// <remarks>
    /// All moderators see it, on the viewer's page and in viewer lists. With <c>flag</c>, the user is on the watch list: moderators are told when the user joins a room.
    /// When the reply arrives, the note is saved.
    /// </remarks>
    /// <response code="201">The note.</response>
    internal async Task<IResult> AddAsync(HttpContext http, string userId)
    {
        userId = UserOf(http, userId);
        var note = await notes.AddAsync(userId, DraftOf(await JsonBody.ReadAsync(http, ApiJson.Documents.NoteRequest)), http.Actor(), http.RequestAborted);
        return Reply.Created(Describe(note), ApiJson.Documents.NoteDocument, string.Create(CultureInfo.InvariantCulture, $"/api/v1/admin/users/{Uri.EscapeDataString(userId)}/notes/{note.Id}"));
    }

    /// <summary>Change a note</summary>
    /// <remarks>Replaces the whole note. Its author stays.</remarks>
    /// <response code="200">The note.</response>
    internal async Task<IResult> ChangeAsync(HttpContext http, string userId, string noteId)
    {
        userId = UserOf(http, userId);
        var draft = DraftOf(await JsonBody.ReadAsync(http, ApiJson.Documents.NoteRequest));
        return await notes.ChangeAsync(userId, IdOf(noteId), draft, http.Actor(), mayChangeAny: true, http.RequestAborted) is { } note
            ? Reply.Ok(Describe(note), ApiJson.Documents.NoteDocument)
            : new ApiProblem(ApiError.NotFound, "This user has no note with this id. It was deleted, or it has expired.");
    }

    /// <summary>Delete a note</summary>
    /// <remarks>Also 204 if there was no such note.</remarks>
    /// <response code="204">Deleted.</response>
    internal async Task<IResult> DeleteAsync(HttpContext http, string userId, string noteId)
    {
        await notes.DeleteAsync(UserOf(http, userId), IdOf(noteId), http.Actor(), mayChangeAny: true, http.RequestAborted);
        return Results.NoContent();
    }

    /// <summary>List the watch list</summary>
    /// <remarks>The notes with a flag, of all users, the latest first.</remarks>
    /// <response code="200">A page of notes.</response>
    internal IResult ListWatched(HttpContext http)
    {
        var query = new QueryReader(http.Request.Query);
        var limit = query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page);
        var flag = query.Choice("flag", [("", (ViewerFlag?)null), .. Flags.Select(known => (known.Word, (ViewerFlag?)known.Flag))]);
        var before = HistoryCursor.Watched.Read(query) is { } place ? long.Parse(place, CultureInfo.InvariantCulture) : long.MaxValue;
        var found = notes.WatchList(flag).Where(note => note.Id < before).Take(limit + 1).ToArray();
        return Reply.Ok(
            new NotesReply([.. found.Take(limit).Select(Describe)], found.Length > limit ? HistoryCursor.Watched.Write(found[limit - 1].Id.ToString(CultureInfo.InvariantCulture)) : null),
            ApiJson.Documents.NotesReply);
    }

    private static string UserOf(HttpContext http, string userId)
    {
        userId = RawRoute.Segment(http, UserSegment, userId);
        return PresenceIds.ProblemOfUserId(userId) is { } problem ? throw QueryReader.Refused(problem) : userId;
    }

    /// <summary>What is no number is the id of no note.</summary>
    private static long IdOf(string noteId) => long.TryParse(noteId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;

    private NoteDraft DraftOf(NoteRequest request)
    {
        var flag = FlagOf(request.Flag, "Leave it out for a note alone.");
        DateTimeOffset? end = request.ExpiresAt is { } expiresAt ? DateTimeOffset.FromUnixTimeMilliseconds(expiresAt.ToUnixTimeMilliseconds()) : null; // as stored and returned
        var draft = new NoteDraft(request.Text ?? "", flag, end);
        return NoteRules.ProblemOf(draft, time.GetUtcNow()) is { } problem ? throw QueryReader.Refused(problem) : draft;
    }

    private static NoteDocument Describe(ViewerNote note) => new(note.Id, note.UserId, note.Text, WordOf(note.Flag), note.By, note.At, note.ExpiresAt, note.EditedBy, note.EditedAt);
}

/// <summary>A note on a user.</summary>
/// <param name="Text">The note. Can be left out with a flag.</param>
/// <param name="Flag">Puts the user on the watch list.</param>
/// <param name="ExpiresAt">When the note goes by itself. Leave it out to keep it until it is deleted.</param>
/// <example>{"text":"Speaks French and English, good on stage.","flag":"speaker"}</example>
[Computed("noteId", "userId", "by", "at", "editedBy", "editedAt")]
internal sealed record NoteRequest(
    [property: MaxLength(NoteRules.LongestText)] string? Text,
    [property: AllowedValues("vip", "trouble", "speaker")] string? Flag,
    DateTimeOffset? ExpiresAt) : AdministrationRequest;

/// <summary>A note on a user.</summary>
/// <param name="NoteId">Identifies the note.</param>
/// <param name="UserId">The user it is about.</param>
/// <param name="Text">The note. Can be empty with a flag.</param>
/// <param name="Flag"><c>vip</c>, <c>trouble</c> or <c>speaker</c>: the user is on the watch list. Absent for a note alone.</param>
/// <param name="By">Who wrote it: an account's email or a key's name.</param>
/// <param name="At">When it was written.</param>
/// <param name="ExpiresAt">When it goes by itself. Absent for never.</param>
/// <param name="EditedBy">Who changed it last.</param>
/// <param name="EditedAt">When that was.</param>
/// <example>{"noteId":7,"userId":"anna","text":"Speaks French and English, good on stage.","flag":"speaker","by":"mia@example.com","at":"2026-11-21T22:40:00.000Z"}</example>
internal sealed record NoteDocument(long NoteId, string UserId, string Text, string? Flag, string By, DateTimeOffset At, DateTimeOffset? ExpiresAt, string? EditedBy, DateTimeOffset? EditedAt);

/// <summary>Notes on users.</summary>
/// <param name="Notes">The latest first.</param>
/// <param name="Cursor">Cursor of the next page. Absent on the last page.</param>
/// <example>{"notes":[{"noteId":7,"userId":"anna","text":"Speaks French and English, good on stage.","flag":"speaker","by":"mia@example.com","at":"2026-11-21T22:40:00.000Z"}]}</example>
internal sealed record NotesReply(IReadOnlyList<NoteDocument> Notes, string? Cursor);
