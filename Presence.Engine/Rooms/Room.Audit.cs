namespace Presence.Engine.Rooms;

/// <content>A walk through every structure, for tests: each must tell the same story.</content>
internal sealed partial class Room
{
    /// <summary>Adds a sentence for everything that does not agree, and this room's part of the network's totals.</summary>
    public void Audit(List<string> problems, AuditTotals totals)
    {
        lock (_lock)
        {
            var leads = AuditSlotsNeedsLock(problems);
            AuditOwnJoinsNeedsLock(problems);
            AuditGenerationsNeedsLock(problems);
            AuditJoinOrderNeedsLock(problems, leads);
            AuditBucketsNeedsLock(problems, leads);
            foreach (var lead in leads)
            {
                ref var slot = ref _sessions[lead];
                totals.RoomsOfUser[slot.UserId!] = totals.RoomsOfUser.GetValueOrDefault(slot.UserId!) + 1;
                if (slot.IsGuest)
                    totals.Guests.Add(slot.UserId!);
            }
            totals.Sessions += _sessions.Count;
            totals.LiveRooms += leads.Count > 0 ? 1 : 0;
            totals.Hidden += _buckets.Hidden;
            totals.Fading += _buckets.Fading;
            if (_isRetired)
                problems.Add($"{Id}: on the map although retired");
            if (leads.Count == 0 && Id.Length > 0 && Id != PresenceIds.CanaryRoom && PlaceAsEmpty is null)
                problems.Add($"{Id}: nobody is in it and nothing will forget it");
        }
    }

    private List<int> AuditSlotsNeedsLock(List<string> problems)
    {
        var leads = new List<int>();
        var used = 0;
        for (var index = 0; index < _sessions.UsedSlots; index++)
        {
            ref var slot = ref _sessions[index];
            if (slot.UserId is null)
                continue;
            used++;
            if (_sessions.Find(slot.Hash, slot.UserId, slot.SessionId) != index)
                problems.Add($"{Id}: slot {index} is not found by its ids");
            var lead = LeadOfNeedsLock(slot.UserId, slot.Hash);
            if (lead == None)
                problems.Add($"{Id}: {slot.UserId} has no lead");
            if (slot.IsLead && lead != index)
                problems.Add($"{Id}: {slot.UserId} has two leads");
            if (!slot.IsLead)
                continue;
            leads.Add(index);
            var ofUser = 0;
            for (var other = _sessions.FirstOfUser(slot.Hash, slot.UserId); other != None; other = _sessions.NextOfUser(other))
                ofUser++;
            if (ofUser != slot.Sessions)
                problems.Add($"{Id}: {slot.UserId} has {ofUser} sessions, its lead says {slot.Sessions}");
        }
        if (used != _sessions.Count)
            problems.Add($"{Id}: {used} slots in use, the table says {_sessions.Count}");
        return leads;
    }

    private void AuditOwnJoinsNeedsLock(List<string> problems)
    {
        foreach (var (index, ownJoin) in _rare.OwnJoins ?? [])
        {
            ref var slot = ref _sessions[index];
            if (!slot.IsLead || ownJoin < slot.JoinedAt)
                problems.Add($"{Id}: slot {index} took no lead over and has an own instant of joining");
        }
    }

    private void AuditGenerationsNeedsLock(List<string> problems)
    {
        var listed = 0;
        for (var number = 0; number < _generations.Count; number++)
        {
            ref var generation = ref _generations[number];
            var isFresh = generation.OldestFresh != None && generation.OldestFresh == generation.Oldest;
            var older = None;
            for (var index = generation.Oldest; index != None; index = _sessions[index].Newer)
            {
                ref var slot = ref _sessions[index];
                listed++;
                isFresh |= index == generation.OldestFresh;
                if (slot.Generation != number || slot.Older != older)
                    problems.Add($"{Id}: slot {index} is linked wrongly in generation {number}");
                if (older != None && _sessions[older].HeartbeatAt > slot.HeartbeatAt)
                    problems.Add($"{Id}: generation {number} is not in heartbeat order");
                if (slot.IsFading == isFresh)
                    problems.Add($"{Id}: slot {index} is on the wrong side of the first fresh one");
                older = index;
            }
            if (generation.Newest != older)
                problems.Add($"{Id}: generation {number} does not end at its newest");
        }
        if (listed != _sessions.Count)
            problems.Add($"{Id}: {listed} sessions in generations, {_sessions.Count} in the table");
        if (_dueAt > _generations.NextDueAt(ref _sessions))
            problems.Add($"{Id}: something is due before the sweep would look");
    }

    private void AuditJoinOrderNeedsLock(List<string> problems, List<int> leads)
    {
        var before = None;
        var listed = 0;
        var place = _joinOrder.After(ref _sessions, long.MinValue);
        for (var lead = _joinOrder.TakeNext(ref place); lead != None; lead = _joinOrder.TakeNext(ref place))
        {
            ref var slot = ref _sessions[lead];
            listed++;
            if (!slot.IsLead)
                problems.Add($"{Id}: slot {lead} is in the join order but leads nobody");
            if (before != None && _sessions[before].JoinedAt >= slot.JoinedAt)
                problems.Add($"{Id}: the join order is not in order");
            before = lead;

            var found = _joinOrder.After(ref _sessions, slot.JoinedAt - 1);
            if (_joinOrder.TakeNext(ref found) != lead)
                problems.Add($"{Id}: slot {lead} is not found by the instant it joined");
        }
        var named = leads.Count(lead => !_sessions[lead].IsUnlisted);
        if (listed != named)
            problems.Add($"{Id}: {listed} viewers in the join order, {named} in the table");
        if (_joinOrder.Blocks > listed / 16 + 2)
            problems.Add($"{Id}: {_joinOrder.Blocks} blocks for {listed} viewers");
    }

    private void AuditBucketsNeedsLock(List<string> problems, List<int> leads)
    {
        var expected = new RoomCounters();
        foreach (var lead in leads)
            expected.Add(_sessions[lead].IsGuest, MarkOfNeedsLock(lead));
        if (!expected.Equals(_buckets))
            problems.Add($"{Id}: the buckets do not add up");
        if (_network.Feed is not null && _rare.Minutes?.Agrees(_buckets) == false)
            problems.Add($"{Id}: the minute under way counts others than the room");
        if (_network.Feed is not null && _buckets.Viewers > 0 && _rare.Minutes is null)
            problems.Add($"{Id}: its minutes are not recorded");
        if (_rare.Stays is { } stays && stays.Keys.Except(leads).Any())
            problems.Add($"{Id}: a stay is kept of a slot that leads nobody");
    }
}
