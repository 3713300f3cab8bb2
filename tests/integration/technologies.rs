//! The starting catalogue names every technology of the two source texts.

use crate::catalogue::professions;

/// The whole text of a ladder in lower case.
fn ladder_text(slug: &str) -> String {
    let professions = professions();
    let profession = professions.iter().find(|profession| profession.slug == slug).unwrap();
    let texts = profession.grades.iter().filter_map(|grade| grade.description.as_deref());
    let summary = format!("{} {} ", profession.title, profession.summary);
    texts.fold(summary, |all, text| all + text).to_lowercase()
}

/// Fails unless the ladder contains each of the comma-separated words.
#[track_caller]
fn mentions(slug: &str, words: &str) {
    let text = ladder_text(slug);
    let missing = words.split(", ").filter(|word| !text.contains(&word.to_lowercase()));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&str>::new(), "{slug}");
}

#[test]
fn every_technology_of_the_python_text_is_there() {
    mentions(
        "python-backend",
        "Django, Flask, FastAPI, структуры данных, скрипты, HTTP, REST, ООП, SQL, NoSQL, \
         API, Git, JSON, ошибки, тесты, документацию, внешними API, архитектуру, слои, \
         профилирует, кеширование, безопасность, CI/CD, микросервисы, асинхронный, Docker, \
         мониторинг, нагрузки, отказоустойчивость, системный дизайн, лидерство, ревью, \
         найме, команды",
    );
    mentions(
        "data-scientist",
        "pandas, NumPy, Matplotlib, статистики, SQL, seaborn, Plotly, scikit-learn, бизнеса, \
         feature engineering, A/B, регуляризацию, pipeline, гипотезы, продакшн, \
         метрики качества, end-to-end, мониторинг моделей, CI/CD, Spark, Dask, Airflow, \
         MLOps, системно",
    );
    mentions(
        "ml-engineer",
        "scikit-learn, PyTorch, TensorFlow, Keras, NumPy, pandas, алгебру, статистику, \
         метрики качества, гиперпараметры, feature engineering, кросс-валидацию, \
         нейросетями, end-to-end, эксперименты, DVC, MLflow, API, GNN, Transformers, \
         инференс, мультизадачные, CI/CD, прототипы, бизнес",
    );
    mentions(
        "devops",
        "Ansible, Docker, Kubernetes, Linux, Bash, сети, Git, GitLab CI, GitHub Actions, \
         логирование, AWS, GCP, Terraform, IaC, микросервисов, Prometheus, Grafana, ELK, \
         Loki, секреты, IAM, TLS, сетевые политики, DevSecOps, высоконагруженными, SLA, SLO, \
         облако, SRE, компании",
    );
    mentions("qa-automation", "Selenium, pytest");
    mentions("game-dev", "2D, Pygame, Kivy, прототипы, инструменты");
    mentions("iot", "Raspberry Pi, Arduino, микроконтроллер, умных устройств");
    for slug in ["postgresql-analyst", "postgresql-admin"] {
        mentions(slug, "PostgreSQL, MySQL");
    }
}

#[test]
fn every_technology_of_the_web_text_is_there() {
    mentions(
        "front-end",
        "HTML, CSS, Sass, CSS-переменные, адаптивной, отзывчивой, кроссбраузерной, \
         pixel perfect, анимаций, mobile first, JavaScript, Bootstrap, jQuery, DOM, Redux, \
         Git, иммутабельность, чистые функции, рекурсия, замыкания, DevTools, React, \
         webpack, gulp, расширения, экшены, классовые и функциональные, жизненный цикл, \
         хуки, redux-thunk, webext-redux, хук React, рендера, Babel, SSR, CSR, SSG, Vue.js, \
         Service Worker, Web Worker, HTTP, WebSocket, Node.js, Koa, MySQL, Jenkins, \
         Chromium",
    );
    mentions(
        "back-end",
        "PHP, Laravel, CodeIgniter, MySQL, Sphinx, Redis, Linux, Nginx, PHP-FPM, Docker, \
         Composer, HTTP-запроса, Git, Git-flow, jobs, гейты, политики, посредники, \
         полиморфные, безопасной передачи, юнит, тонкими контроллерами, REST API, \
         нереляционную, кеширование, индексы, без ORM, паттерны, Docker Compose, чистый PHP, \
         Manticore, Jenkins, ядра фреймворков, CI/CD",
    );
    mentions(
        "full-stack",
        "PHP, Laravel, CodeIgniter, MySQL, JavaScript, React, Vue.js, HTML, CSS, Sass, \
         jQuery, Bootstrap, Git, Composer, PhpStorm, MVC, REST API, PostgreSQL, ORM, npm, \
         WordPress, сервисы, очередей, консольные команды, посредники, requests, валидация, \
         Jenkins, gulp, webpack, Linux, Nginx, Docker, Node.js",
    );
}
