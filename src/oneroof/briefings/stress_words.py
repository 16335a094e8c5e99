"""The words of the page about futures, in English and Ukrainian; they stand beside those of the briefing."""

ENGLISH: dict[str, str] = {
    "st_title": "When things go wrong",
    "st_subtitle": "{futures} futures drawn by chance, seed {seed}",
    "st_stopped": "Stopped before every candidate was tried.",
    "st_made_up": "The shocks are illustrative defaults by mode of transport, nobody’s estimate.",
    "st_given": "The shocks come from {source}.",
    "st_plain": "Plain plan",
    "st_hedged": "Hedged plan",
    "st_lead": "The plan meets {planned} of {count} in time when nothing goes wrong, and {mean} on average over the "
    "futures.",
    "st_lead_hedged": "With the slack of the hedged plan it is {hedged} on average.",
    "st_lead_same": "Of the {tried} candidates tried, none did better than the plain plan.",
    "st_fig_met": "Met in time, on average",
    "st_fig_met_note": "hedged; plain plan {plain}, of {count}",
    "st_fig_met_note_same": "of {count}; as planned {planned}",
    "st_fig_mean": "Objective, on average",
    "st_fig_mean_note": "of the plain plan with nothing going wrong; plain plan {plain}",
    "st_fig_mean_note_same": "of the plan with nothing going wrong",
    "st_fig_wins": "The hedged plan wins",
    "st_fig_wins_note": "of the objective, on average, ± {error} (twice the standard error); better in {share} of "
    "futures",
    "st_fig_costs": "It gives up",
    "st_fig_costs_note": "of the objective when nothing goes wrong",
    "st_fig_low": "In the worst twentieth",
    "st_fig_low_note": "of futures the objective is below this share of the plan’s",
    "st_bars": "How often each requirement is met in time",
    "st_bars_title": "{what} ({key}), planned to be met, is met in time in {share} of the futures",
    "st_bars_none": "What the plan meets in time is met in time in every future.",
    "st_bars_intro": "Share of futures in which all units are there by the due day; most points at risk first. Only "
    "requirements that one of the plans meets with nothing going wrong, and that are not met in every future.",
    "st_where": "{node}, by {due}",
    "st_bars_left": "{n} more are in the table below.",
    "st_spread": "How the objective spreads",
    "st_spread_title": "In nine futures of ten the plain plan reaches {low} to {high} of its objective",
    "st_spread_title_hedged": "In nine futures of ten the plain plan reaches {low} to {high} of its objective, the "
    "hedged plan {hedged_low} to {hedged_high} of it",
    "st_spread_intro": "Each bar counts futures by the objective reached (points less transport cost) as a share of "
    "what the plain plan reaches with nothing going wrong.",
    "st_spread_table": "the spread in figures",
    "st_key_band": "nine futures of ten",
    "st_key_mean": "mean",
    "st_key_undisturbed": "nothing goes wrong",
    "st_planned": "As planned",
    "st_share": "Met in time",
    "st_share_hedged": "Met in time, hedged",
    "st_units": "Units in time, mean",
    "st_units_hedged": "Units in time, mean, hedged",
    "st_of": "{n} of {count}",
    "st_points": "Points, mean",
    "st_points_hedged": "Points, mean, hedged",
    "st_all": "every requirement",
    "st_tried": "What was tried",
    "st_tried_intro": "“{name}” is the best of the {tried} candidates tried, by the mean over one set of {futures} "
    "futures. All other figures of this page are from a second set, drawn independently, that played no part in the "
    "choice. A better plan may exist that was not tried.",
    "st_candidate": "Candidate",
    "st_undisturbed": "Nothing goes wrong",
    "st_training": "Mean of the first set",
    "st_met": "Met as planned",
    "st_chosen": "chosen",
    "st_more": "the other candidates",
    "st_shocks": "What may go wrong",
    "st_none": "Nothing: no shocks are given, and every future is as planned.",
    "st_shock": "Shock",
    "st_kind": "Kind",
    "st_target": "Strikes",
    "st_probability": "Chance a week",
    "st_size": "Least, likeliest, most",
    "st_note": "Source",
    "st_late_leg": "leg runs late",
    "st_closed_node": "node closes",
    "st_paused_donor": "donor pauses",
    "st_days": "{low}, {likely}, {high} days",
    "st_weeks": "{low}, {likely}, {high} weeks",
    "st_default_note": "illustrative default, nobody’s estimate",
    "st_rules": "Each row strikes each of its targets by itself: in every week it begins with the chance given, and "
    "its size is drawn from a triangle between least and most. What departs on a late leg in such a week arrives so "
    "many days late. A closed node lets nothing leave. Of a donor that pauses, nothing leaves its stock. Where rows "
    "name a thing by its key, rows for its group do not strike it.",
    "st_policy": "What happens to goods that miss their departure",
    "st_policy_text": "Goods leave on their planned days in the room booked for them. Where they are not there yet, "
    "the node is closed or the donor pauses, they wait and take the first later day on the same leg with room left "
    "beside what is booked, those with most points a tonne first, split into whole units where only some fit. Ways, "
    "purchases and courses stay as planned; goods that come after the horizon are missing. A staff that plans again "
    "will do better than this rule.",
    "st_name_plain": "plain plan",
    "st_name_legs": "legs planned longer by the lateness not passed in {q} of departures",
    "st_name_open": "nodes planned with the share of weeks in which they are open",
    "st_name_due": "due days brought forward by the lateness not passed in {q} of cases",
    "st_name_early": "left as early as room allows",
    "st_name_early_q": "left early, with the slack of {q} between legs",
}

UKRAINIAN: dict[str, str] = {
    "st_title": "Коли щось іде не так",
    "st_subtitle": "Випадкових варіантів майбутнього – {futures}, зерно {seed}",
    "st_stopped": "Зупинено, перш ніж випробувано всі варіанти плану.",
    "st_made_up": "Збої є умовними типовими значеннями за видом транспорту, це нічия не оцінка.",
    "st_given": "Збої взято з {source}.",
    "st_plain": "Звичайний план",
    "st_hedged": "План із запасом",
    "st_lead": "Якщо все йде за планом, вчасно задоволено {planned} з {count}, а в середньому за варіантами "
    "майбутнього – {mean}.",
    "st_lead_hedged": "План із запасом дає в середньому {hedged}.",
    "st_lead_same": "З випробуваних варіантів плану ({tried}) жоден не кращий за звичайний план.",
    "st_fig_met": "Задоволено вчасно, у середньому",
    "st_fig_met_note": "із запасом; звичайний план – {plain}, усього {count}",
    "st_fig_met_note_same": "з {count}; за планом – {planned}",
    "st_fig_mean": "Цільовий показник, у середньому",
    "st_fig_mean_note": "від звичайного плану без збоїв; звичайний план – {plain}",
    "st_fig_mean_note_same": "від плану без збоїв",
    "st_fig_wins": "План із запасом виграє",
    "st_fig_wins_note": "цільового показника в середньому, ± {error} (дві стандартні похибки); кращий у {share} "
    "випадків",
    "st_fig_costs": "Він поступається",
    "st_fig_costs_note": "цільового показника, якщо збоїв немає",
    "st_fig_low": "У найгіршій двадцятій частині",
    "st_fig_low_note": "випадків показник нижчий за цю частку планового",
    "st_bars": "Як часто кожну потребу задоволено вчасно",
    "st_bars_title": "{what} ({key}): за планом вчасно, а насправді вчасно у {share} випадків",
    "st_bars_none": "Усе, що план задовольняє вчасно, задоволено вчасно в кожному варіанті майбутнього.",
    "st_bars_intro": "Частка випадків, коли всі одиниці на місці до строку; спершу ті, де ризикують найбільше балів. "
    "Лише потреби, які один із планів задовольняє без збоїв, але не в кожному випадку.",
    "st_where": "{node}, до {due}",
    "st_bars_left": "Ще {n} – у таблиці нижче.",
    "st_spread": "Як розкинуто цільовий показник",
    "st_spread_title": "У дев’яти випадках із десяти звичайний план дає від {low} до {high} свого показника",
    "st_spread_title_hedged": "У дев’яти випадках із десяти звичайний план дає від {low} до {high} свого показника, "
    "план із запасом – від {hedged_low} до {hedged_high}",
    "st_spread_intro": "Кожен стовпчик рахує випадки за досягнутим показником (бали без вартості перевезення) як "
    "часткою того, що звичайний план дає без збоїв.",
    "st_spread_table": "розкид у числах",
    "st_key_band": "дев’ять випадків із десяти",
    "st_key_mean": "середнє",
    "st_key_undisturbed": "без збоїв",
    "st_planned": "За планом",
    "st_share": "Вчасно",
    "st_share_hedged": "Вчасно, із запасом",
    "st_units": "Одиниць вчасно, середнє",
    "st_units_hedged": "Одиниць вчасно, середнє, із запасом",
    "st_of": "{n} з {count}",
    "st_points": "Бали, середнє",
    "st_points_hedged": "Бали, середнє, із запасом",
    "st_all": "усі потреби",
    "st_tried": "Що випробувано",
    "st_tried_intro": "«{name}» – найкращий із випробуваних варіантів плану ({tried}) за середнім на першому наборі "
    "з {futures} випадків. Усі інші числа сторінки – з другого, незалежного набору, який на вибір не впливав. Може "
    "існувати й кращий план, якого не випробувано.",
    "st_candidate": "Варіант плану",
    "st_undisturbed": "Без збоїв",
    "st_training": "Середнє першого набору",
    "st_met": "Вчасно за планом",
    "st_chosen": "обрано",
    "st_more": "решта варіантів",
    "st_shocks": "Що може піти не так",
    "st_none": "Нічого: збоїв не задано, кожен варіант майбутнього йде за планом.",
    "st_shock": "Збій",
    "st_kind": "Вид",
    "st_target": "Що вражає",
    "st_probability": "Імовірність на тиждень",
    "st_size": "Найменше, найімовірніше, найбільше",
    "st_note": "Джерело",
    "st_late_leg": "ділянка запізнюється",
    "st_closed_node": "вузол закрито",
    "st_paused_donor": "донор робить паузу",
    "st_days": "{low}, {likely}, {high} дн.",
    "st_weeks": "{low}, {likely}, {high} тиж.",
    "st_default_note": "умовне типове значення, нічия не оцінка",
    "st_rules": "Кожен рядок вражає кожну свою ціль окремо: щотижня він починається із заданою імовірністю, а розмір "
    "береться з трикутного розподілу між найменшим і найбільшим. Те, що такого тижня відбуває запізнілою ділянкою, "
    "прибуває на стільки днів пізніше. Із закритого вузла нічого не відбуває. Із запасів донора, що зробив паузу, "
    "нічого не вирушає. Якщо рядок називає щось за його ключем, рядки для його групи на це не діють.",
    "st_policy": "Що відбувається з вантажем, який пропустив відправлення",
    "st_policy_text": "Вантаж відбуває у запланований день на заброньоване місце. Якщо його ще немає, вузол закрито "
    "або донор зробив паузу, він чекає і їде тією ж ділянкою першого пізнішого дня, коли поруч із заброньованим є "
    "місце; спершу той, що дає найбільше балів на тонну; якщо вміщується лише частина, його ділять на цілі одиниці. "
    "Маршрути, закупівлі й курси лишаються за планом; те, що прибуло після горизонту планування, вважається "
    "неотриманим. Штаб, який планує наново, досягне більшого, ніж це правило.",
    "st_name_plain": "звичайний план",
    "st_name_legs": "ділянки довші на запізнення, якого не перевищують {q} відправлень",
    "st_name_open": "вузли з часткою тижнів, коли вони відкриті",
    "st_name_due": "строки раніше на запізнення, якого не перевищують {q} випадків",
    "st_name_early": "відправлення якомога раніше",
    "st_name_early_q": "раннє відправлення із запасом {q} між ділянками",
}

TEXTS = {"en": ENGLISH, "uk": UKRAINIAN}
